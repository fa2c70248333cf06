"""Values of settings as the environment has them: what stands around them by mistake, and how servers are named."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from streams.errors import SettingsError

UNITS: Mapping[str, str] = {"s": "seconds", "bytes": "bytes", "pixels": "pixels", "days": "days", "ratio": "share"}
"""The unit of a number, by how its setting's name ends."""
_NUMBERS: Mapping[str, str] = {
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
}
_CHOICES: Mapping[str, tuple[str, str]] = {
    "literal_error": ("Input should be", "give one of"),
    "bool_parsing": ("Input should be a valid boolean, unable to interpret input", "give true or false"),
    "greater_than_equal": ("Input should be greater than or equal to", "give at least"),
    "less_than_equal": ("Input should be less than or equal to", "give at most"),
    "greater_than": ("Input should be greater than", "give more than"),
    "less_than": ("Input should be less than", "give less than"),
    "string_too_long": ("String should have at most", "give at most"),
}
"""What pydantic says of a value that is none of the allowed ones, and how we begin instead."""
_INSTANCE = re.compile(r"[A-Za-z0-9._-]{1,100}")
_SERVER = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
_MEDIA_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?::[0-9]{1,5})?|[0-9A-Fa-f]*:[0-9A-Fa-f:]*")
_SECRETS, _PATHS = (SecretStr, SecretStr | None), (Path, Path | None)


def as_meant(value: object, field: FieldInfo) -> object:
    """Return the value of a setting without what stands around it by mistake; its default where it is blank.

    Files of variables keep the carriage return of a line. ``~`` at the start of a path is the home folder. Raises
    ValueError for a value in quotes, which a shell would have taken away.
    """
    if not isinstance(value, str):
        return value
    if not value.strip():
        return field.get_default(call_default_factory=True)
    if field.annotation in _SECRETS:
        return value.strip("\r\n")  # a password may begin with a blank
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        msg = "it stands in quotes: write it without them"
        raise ValueError(msg)
    return _from_home(value) if field.annotation in _PATHS and value.startswith("~") else value


def _from_home(path: str) -> str:
    try:
        return str(Path(path).expanduser())
    except RuntimeError as exc:
        msg = f"nobody knows the home folder that {path} begins with: write the path out"
        raise ValueError(msg) from exc


def wrong_with(name: str, kind: str, said: str) -> str:
    """Return what is wrong with the value of a setting, by the kind of pydantic's error and what that says.

    ``15m`` and ``1GB`` are no numbers: the unit is the one that the setting's name ends with.
    """
    if kind in _CHOICES:
        return said.replace(*_CHOICES[kind])
    if (number := _NUMBERS.get(kind)) is None:
        return said.removeprefix("Value error, ")
    unit = UNITS.get(name.rpartition("_")[2])
    return f"give {number} alone" + (f", in {unit}" if unit is not None and unit != "share" else "")


def worker_name(name: str) -> bool:
    """Return whether a worker may have this name in its consumer group."""
    return bool(_INSTANCE.fullmatch(name))


def host_and_port(server: str) -> bool:
    """Return whether a server is named as ``host:port``."""
    return bool(_SERVER.fullmatch(server)) and 0 < int(server.rpartition(":")[2]) < 65_536  # noqa: PLR2004 - TCP's range


def web_address(url: str) -> bool:
    """Return whether this is an address of the web that can be called: with a host, a port of TCP's and no blanks."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and port != 0 and not re.search(r"\s", url)


def media_host(host: str) -> bool:
    """Return whether a host is named alone, as ``photos.example`` or ``photos.example:8443``."""
    return bool(_MEDIA_HOST.fullmatch(host))


def require_one_spelling(environment: Mapping[str, str], prefix: str) -> None:
    """Raise SettingsError where one setting is given twice: its name counts in capitals and in small letters."""
    seen = dict[str, str]()
    twice = [
        f"{first} and {name} are one setting: keep {name.upper()} alone"
        for name in environment
        if (first := seen.setdefault(name.upper(), name)) != name and name.upper().startswith(prefix)
    ]
    if twice:
        raise SettingsError("; ".join(twice))
