"""Settings as rows: the same for the command, and for the page deploy/docs/settings.md."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Literal, TypedDict, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from streams.setting_values import UNITS
from streams.settings import Settings

MASK = "********"
_ALIKE = 0.75
"""How like a setting's name a wrong one is, at least, where it is taken for misspelt (difflib's ratio)."""

_PASSWORD = re.compile(r"(?<=://)([^/?#:]*):.*@")
_PASSWORD_PARAMETER = re.compile(r"(?i)([?&][^=&]*(?:password|secret|token)[^=&]*=)[^&]*")


class Declared(TypedDict):
    """One setting as it is declared; an empty text where there is no unit or default, or any value is allowed."""

    name: str
    title: str
    unit: str
    allowed: str
    default: str


class Row(Declared):
    """One setting with what it is now."""

    value: str


def declared() -> list[Declared]:
    """Return all settings in their declared order."""
    return [
        Declared(
            name=environment_name(name),
            title=field.title or "",
            unit=UNITS.get(name.rpartition("_")[2], ""),
            allowed=allowed(field),
            default=default(field),
        )
        for name, field in Settings.model_fields.items()
    ]


def rows(settings: Settings) -> list[Row]:
    """Return all settings in their declared order, with secrets and passwords masked."""
    values = [shown(getattr(settings, name)) for name in Settings.model_fields]
    return [Row(**one, value=value) for one, value in zip(declared(), values, strict=True)]


def unknown(environment: Mapping[str, str]) -> dict[str, str | None]:
    """Return the variables that look like settings and are none, each with the setting that its name is near to.

    One that is set to nothing counts as not set; small letters count as capitals.
    """
    prefix = environment_name("")
    names = {row["name"].removeprefix(prefix) for row in declared()}
    given = {name.upper() for name, value in environment.items() if value.strip()}
    given = {name.removeprefix(prefix) for name in given if name.startswith(prefix)}
    return {f"{prefix}{name}": _nearest(name, prefix, names) for name in sorted(given - names)}


def _nearest(name: str, prefix: str, names: Iterable[str]) -> str | None:
    return next((f"{prefix}{near}" for near in get_close_matches(name, names, 1, _ALIKE)), None)


def environment_name(name: str) -> str:
    """Return the variable that sets the field ``name``."""
    return f"{Settings.model_config['env_prefix']}{name}".upper()


def default(field: FieldInfo) -> str:
    """Return the default in words: where it depends on the machine, the field says what it is."""
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "default" in extra:
        return str(extra["default"])
    return shown(field.default)


def allowed(field: FieldInfo) -> str:
    """Return the words that may be given, or the range of a number."""
    if get_origin(field.annotation) is Literal:
        return ", ".join(get_args(field.annotation))
    least = next((f"from {_number(limit.ge)}" for limit in field.metadata if isinstance(limit, Ge)), "")
    least = next((f"above {_number(limit.gt)}" for limit in field.metadata if isinstance(limit, Gt)), least)
    most = next((f"to {_number(limit.le)}" for limit in field.metadata if isinstance(limit, Le)), "")
    return f"{least} {most}".strip()


def shown(value: object) -> str:
    """Return a value as it is written in the environment, without what must stay secret."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    text = _number(value)
    return _PASSWORD_PARAMETER.sub(rf"\1{MASK}", _PASSWORD.sub(rf"\1:{MASK}@", text))


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
