"""The database's address as the settings give it: which forms there are, and what is said of all others.

No message shows a password.
"""

import re

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from streams.errors import SettingsError

SETTING = "SENTINEL_DATABASE_URL"
HOW = "give it as sqlite:///file or postgresql://user:password@host:port/database"
_POSTGRESQL = re.compile(r"(?i)(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?:/*")
"""How programs have PostgreSQL's addresses begin; ours are ``_OURS``."""
_OURS = ("postgresql://", "postgresql:///", "postgresql+psycopg://", "postgresql+psycopg:///")
_LAST_PORT = 65_535


def require_url(url: str) -> None:
    """Return where ``url`` may be a database; :class:`SettingsError` and nothing is made."""
    parsed = parsed_url(url)
    if parsed.get_backend_name() == "sqlite":
        require_file(parsed)
    else:
        require_parameters(parsed)


def parsed_url(url: str) -> URL:
    """Return the parts of a URL, with the driver that is used; :class:`SettingsError` where it is of no such form."""
    begins = _POSTGRESQL.match(url)
    if begins is not None and begins[0] not in _OURS:
        msg = f"{SETTING}: it begins with {begins[0]}, and has to begin with postgresql://: {HOW}"
        raise SettingsError(msg)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        msg = f"{SETTING}: this is no database URL: {HOW}"
        raise SettingsError(msg) from None  # the cause quotes the whole URL
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        return parsed
    if parsed.drivername in {"postgresql", "postgresql+psycopg"}:
        _require_host_name(parsed.host or "")
        if parsed.port is not None and not 0 < parsed.port <= _LAST_PORT:
            msg = f"{SETTING}: {parsed.port} is no port: give one from 1 to {_LAST_PORT}"
            raise SettingsError(msg)
        return parsed.set(drivername="postgresql+psycopg")
    msg = f"{SETTING}: {parsed.drivername} is not supported: {HOW}"
    raise SettingsError(msg)


def _require_host_name(host: str) -> None:
    if "@" in host:  # the end of a password: it must not be shown
        msg = f"{SETTING}: a user or password with @ : / ? # or % is written with percent codes: @ is %40, / is %2F"
        raise SettingsError(msg)
    try:
        host.encode("idna")
    except UnicodeError:  # else it comes out of the resolver, at every try
        msg = f"{SETTING}: {host!r} is no name of a host: {HOW}"
        raise SettingsError(msg) from None


def require_file(url: URL) -> str:
    """Return the file of a SQLite URL; :class:`SettingsError` where it names none."""
    name = url.database or ""
    if name in {"", ":memory:"} or name.startswith("file:"):
        msg = (
            f"{SETTING}: SQLite needs a plain file, because what is kept in memory is lost with the process: "
            "give it as sqlite:///file"
        )
        raise SettingsError(msg)
    return name


def require_parameters(url: URL) -> None:
    """Return where PostgreSQL knows all parameters of a URL; else :class:`SettingsError`."""
    try:
        make_conninfo("", **dict.fromkeys(url.query, ""))
    except psycopg.Error as exc:
        msg = f"{SETTING}: {str(exc).splitlines()[0]}: {HOW}"
        raise SettingsError(msg) from None
