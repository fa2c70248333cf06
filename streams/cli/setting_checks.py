"""What can be told of settings without asking anybody: one table, which ``settings`` goes through whole.

What uses a setting checks it by the same function, and stops at it. A part of the table is about forms that only
``settings`` looks at: a worker learns of them from the system it runs on.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from streams.access.openid import claimed_scopes
from streams.access.tokens import PartyTokens
from streams.adapters.kafka.connection import credentials, ssl_context
from streams.adapters.openid import LOCAL, require_issuer
from streams.adapters.photos.provenance_files import further_labels, trust_anchors
from streams.adapters.sql.database_url import require_url
from streams.adapters.time_authority import roots_of
from streams.casework.credit.credit_identity import identity_of
from streams.casework.procedure_file import procedure_of
from streams.cli.setting_rows import environment_name, shown
from streams.errors import SentinelError, SettingsError
from streams.judgement.policy_file import seed_policy
from streams.settings import Settings

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, not listened on
_UNFILLED = re.compile(r"\$[({]\w+[)}]|<[^<>]+>|…")
"""What stands in an example for something else, or was to be put in by a shell that nobody asked."""


def _filled_in(settings: Settings) -> Iterator[str]:
    for name in sorted(settings.model_fields_set):
        value = shown(getattr(settings, name))
        if (found := _UNFILLED.search(value)) is not None:
            yield _wrong(name, f"{found[0]} stands in it as it was written: put in what is meant")


def _hosts(settings: Settings) -> Iterator[str]:
    for name in ("http_host", "console_host"):
        host = getattr(settings, name)
        if not (_HOST.fullmatch(host) or _is_address(host)):
            instead = "give an address of this machine alone, as 127.0.0.1 or ::1, or 0.0.0.0 for all of them"
            yield _wrong(name, f"{host!r} is no host to listen on: {instead}")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _ports(settings: Settings) -> Iterator[str]:
    port, hosts = settings.console_port, {settings.http_host, settings.console_host}
    if port and port == settings.http_port and (len(hosts) == 1 or hosts & _EVERYWHERE):
        yield _wrong("console_port", f"{port} is SENTINEL_HTTP_PORT too: give the console and the worker one each")


def _console_url(settings: Settings) -> Iterator[str]:
    parts = urlsplit(settings.console_url or "https://none")
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        yield _wrong("console_url", "give an https:// address (http:// on this machine alone): passwords would be read")
    if parts.query or parts.fragment:
        yield _wrong("console_url", "give it as https://host/path, without what comes behind ? or #")


def _folders(settings: Settings) -> Iterator[str]:
    for name in ("data_dir", "replica_dir"):
        folder: Path | None = getattr(settings, name)
        if folder is not None and (file := _file_on_the_way(folder)) is not None:
            yield _wrong(name, f"{file} is no folder: give a folder, or where one may be made")


def _file_on_the_way(folder: Path) -> Path | None:
    try:
        there = next((one for one in (folder, *folder.parents) if one.exists()), None)
    except OSError:  # no system has a name as long as this
        return folder
    return None if there is None or there.is_dir() else there


def _sasl(settings: Settings) -> None:
    if settings.broker_security.startswith("sasl_"):
        credentials(settings)


_LOOKS: Sequence[Callable[[Settings], Iterator[str]]] = (_filled_in, _hosts, _ports, _console_url, _folders)
_USES: Sequence[Callable[[Settings], object]] = (
    _sasl,
    ssl_context,
    lambda one: require_url(one.database_url),
    lambda one: None if one.oidc_issuer is None else require_issuer(one.oidc_issuer),
    lambda one: claimed_scopes(one.oidc_roles),
    lambda one: PartyTokens.of_file(one.party_token_keys),
    lambda one: roots_of(one.time_authority_roots),
    lambda one: procedure_of(one.procedure),
    lambda one: None if one.policy is None else seed_policy(one.policy),
    lambda one: further_labels(one.ai_labels),
    lambda one: trust_anchors(one.c2pa_trust_anchors),
    identity_of,
)


def wrong(settings: Settings) -> list[str]:
    """Return what is wrong with the settings, a line for each: the name, and what to do about it."""
    looked = [said for look in _LOOKS for said in look(settings)]
    return looked + [said for use in _USES if (said := _said(use, settings)) is not None]


def _said(use: Callable[[Settings], object], settings: Settings) -> str | None:
    try:
        use(settings)
    except SettingsError as exc:
        return str(exc)
    except SentinelError as exc:  # a policy's own errors name its file, line and column
        return f"{environment_name('policy')}: {exc}"
    return None


def _wrong(name: str, why: str) -> str:
    return f"{environment_name(name)}: {why}"
