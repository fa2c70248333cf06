"""Settings as rows: the same for the command, and for the page deploy/docs/settings.md."""

import re
from collections.abc import Mapping
from typing import TypedDict

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from streams.settings import Settings

UNITS: Mapping[str, str] = {"s": "seconds", "bytes": "bytes", "pixels": "pixels", "days": "days", "ratio": "share"}
MASK = "********"

_PASSWORD = re.compile(r"(?<=://)([^/?#:]*):.*@")
_PASSWORD_PARAMETER = re.compile(r"(?i)([?&][^=&]*(?:password|secret|token)[^=&]*=)[^&]*")


class Row(TypedDict):
    """One setting; an empty text where there is no unit, default or value."""

    name: str
    title: str
    unit: str
    default: str
    value: str


def rows(settings: Settings) -> list[Row]:
    """Return all settings in their declared order, with secrets and passwords masked."""
    return [
        Row(
            name=environment_name(name),
            title=field.title or "",
            unit=UNITS.get(name.rpartition("_")[2], ""),
            default=default(field),
            value=shown(getattr(settings, name)),
        )
        for name, field in Settings.model_fields.items()
    ]


def environment_name(name: str) -> str:
    """Return the variable that sets the field ``name``."""
    return f"{Settings.model_config['env_prefix']}{name}".upper()


def default(field: FieldInfo) -> str:
    """Return the default in words: where it depends on the machine, the field says what it is."""
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "default" in extra:
        return str(extra["default"])
    return shown(field.default)


def shown(value: object) -> str:
    """Return a value as it is written in the environment, without what must stay secret."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return _PASSWORD_PARAMETER.sub(rf"\1{MASK}", _PASSWORD.sub(rf"\1:{MASK}@", text))
