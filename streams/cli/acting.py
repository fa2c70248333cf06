"""Who does what a command asks for, and why."""

from typing import Annotated, NamedTuple

import typer

from streams.access.keys import ApiKey, Keys
from streams.access.names import person_named
from streams.access.roles import Role
from streams.adapters.sql.api_keys import SqlKeys
from streams.cases.acts import LOCAL, AuditAct, shows_something
from streams.cli.database import current_engine
from streams.clock import now_ms
from streams.errors import Invalid, NotAllowed
from streams.settings import load

NAME_AT_MOST = 120
NOTE_AT_MOST = 4_000

By = Annotated[
    str,
    typer.Option(
        "--by",
        help="Your name, as the audit trail is to say it, at most 120 characters; none: that of your SENTINEL_API_KEY.",
    ),
]
Note = Annotated[str, typer.Option("--note", help="Why, for whoever reads the case later; at most 4,000 characters.")]


def act_of(by: str, note: str) -> AuditAct:
    """Return who acts now, as :func:`actor` records them, and why; errors as there."""
    return AuditAct(by=actor(by), note=_given("--note", note, NOTE_AT_MOST), at_ms=now_ms())


def actor(by: str, option: str = "--by") -> str:
    """Return as whom a person is recorded who uses the command line: ``local:`` and the name.

    ``SENTINEL_API_KEY`` says who it is where it is set: the key, or the person ``by`` for whom it acts. Raises
    ``typer.BadParameter`` where the name is none, or too long, :class:`streams.errors.NotAllowed` for a key that opens
    nothing.
    """
    key = _key() if option == "--by" else None
    if key is None:
        return LOCAL + _name(option, by)
    if not by.strip():
        return f"key:{key.name}"
    return _name(option, by)


class Standing(NamedTuple):
    """What somebody who reviews may do: decide as a ``senior``, and take a case that is in nobody's hands."""

    senior: bool
    picks: bool


def standing(*, senior: bool) -> Standing:
    """Return what whoever uses the command line may do as a reviewer; ``senior``: they say that they are one.

    Where ``SENTINEL_API_KEY`` is set, its scopes say it, as they do for the API: :class:`streams.errors.NotAllowed`
    where it has none for this. Without a key whoever uses the command line runs the system.
    """
    key = _key()
    if key is None:
        return Standing(senior=senior, picks=True)
    is_senior = Role.SENIOR in key.scopes
    if not is_senior and (senior or Role.REVIEWER not in key.scopes):
        msg = f"the key of SENTINEL_API_KEY has not the scope {Role.SENIOR if senior else Role.REVIEWER}"
        raise NotAllowed(msg)
    return Standing(senior=is_senior, picks=is_senior)


def _key() -> ApiKey | None:
    """Return the key that ``SENTINEL_API_KEY`` is; None where it is not set."""
    settings = load()
    if settings.api_key is None:
        return None
    key = Keys(SqlKeys(current_engine(settings))).recognise(settings.api_key.get_secret_value(), now_ms())
    if key is None:
        msg = "SENTINEL_API_KEY is no key, or was revoked, or has expired: refund-sentinel api-key list shows them"
        raise NotAllowed(msg)
    return key


def _name(option: str, text: str) -> str:
    if not text.strip():
        way = " or set SENTINEL_API_KEY to a key of yours: the audit trail names who acts" if option == "--by" else ""
        msg = f"no name is given: say {option} NAME{way}"
        raise typer.BadParameter(msg, param_hint=option)
    name = _given(option, text, NAME_AT_MOST)
    try:
        return person_named(name, option)
    except Invalid as exc:
        raise typer.BadParameter(str(exc).removeprefix(f"{option}: "), param_hint=option) from exc


def _given(option: str, text: str, most: int) -> str:
    if not 0 < len(text.strip()) <= most or not shows_something(text):
        msg = f"give 1 to {most:,} characters, of which some can be seen"
        raise typer.BadParameter(msg, param_hint=option)
    return text.strip()
