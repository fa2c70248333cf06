"""People and keys: who may do what, given and taken away by an admin. What is secret is shown once."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Request, Response

from schemas.units import DAY_MS
from streams.access.accounts import NO_ROLE, Account, MadeAccount
from streams.access.keys import ApiKey, MadeKey
from streams.access.roles import PARTIES, Role
from streams.cases.acts import AuditAct
from streams.clock import now_ms
from streams.console.endpoints import IDENTIFIER, Uses, at
from streams.console.pages.forms import Form, Sent
from streams.console.pages.preferences import preferences_of
from streams.console.pages.view import page

DAYS = (30, 90, 365)
OF_PEOPLE = tuple(role for role in Role if role not in NO_ROLE | PARTIES)
OF_KEYS = tuple(role for role in Role if role not in PARTIES)

Name = Annotated[str, Path(max_length=128)]
KeyId = Annotated[str, Path(pattern=IDENTIFIER)]

logger = structlog.get_logger(__name__)

router = APIRouter()


@at(router, "GET /people")
def people_page(request: Request, uses: Uses) -> Response:
    """Return the page of accounts."""
    at_ms = now_ms()
    found = [(one, _state(one, at_ms), _parties(one.scopes, Role.MERCHANT)) for one in uses.accounts.every()]
    return page(request, "people.html", people=found, roles=OF_PEOPLE)


@at(router, "POST /people")
def add_person(request: Request, sent: Form, uses: Uses) -> Response:
    """Return the page that shows the password of a new account, this once."""

    def work(act: AuditAct) -> MadeAccount:
        return uses.accounts.create(sent.text("name", most=64), _scopes(sent), by=act.by, now_ms=act.at_ms)

    return sent.made(work, "/people", lambda made: _password(request, made))


@at(router, "POST /people/{name}/roles")
def change_roles(name: Name, sent: Form, uses: Uses) -> Response:
    """Redirect back to the people, after somebody's roles changed."""

    def work(act: AuditAct) -> str:
        scopes = uses.accounts.change_roles(name, _scopes(sent), by=act.by).scopes
        logger.info("an account's roles were changed", by=act.by, account=name, scopes=scopes)
        return "/people"

    return sent.done(work)


@at(router, "POST /people/{name}/password")
def new_password(request: Request, name: Name, sent: Form, uses: Uses) -> Response:
    """Return the page that shows an account's new password, this once."""
    return sent.made(lambda _: uses.accounts.new_password(name), "/people", lambda made: _password(request, made))


@at(router, "POST /people/{name}/close")
def close_account(name: Name, sent: Form, uses: Uses) -> Response:
    """Redirect back to the people, after an account was closed."""

    def work(act: AuditAct) -> str:
        uses.accounts.close(name, act.at_ms, by=act.by)
        logger.info("an account was closed", by=act.by, account=name)
        return "/people"

    return sent.done(work)


@at(router, "GET /keys")
def keys_page(request: Request, uses: Uses) -> Response:
    """Return the page of API keys."""
    at_ms = now_ms()
    found = [(one, _key_state(one, at_ms)) for one in uses.keys.every()]
    return page(request, "api_keys.html", keys=found, roles=OF_KEYS, days=DAYS)


@at(router, "POST /keys")
def make_key(request: Request, sent: Form, uses: Uses) -> Response:
    """Return the page that shows a new key, this once."""

    def work(act: AuditAct) -> MadeKey:
        days = sent.number("days")
        expires_at_ms = act.at_ms + min(days, 3_650) * DAY_MS if days else None
        name = sent.text("name", most=64)
        return uses.keys.create(name, _scopes(sent), by=act.by, now_ms=act.at_ms, expires_at_ms=expires_at_ms)

    def show(made: MadeKey) -> Response:
        title = preferences_of(request).say("access", "new_key", of=made.key_id)
        return shown_once(request, title, made.key, "/keys")

    return sent.made(work, "/keys", show)


@at(router, "POST /keys/{key_id}/revoke")
def revoke(key_id: KeyId, sent: Form, uses: Uses) -> Response:
    """Redirect back to the keys, after one was revoked."""

    def work(act: AuditAct) -> str:
        uses.keys.revoke(key_id, act.at_ms)
        logger.info("a key was revoked", by=act.by, key=key_id)
        return "/keys"

    return sent.done(work)


def shown_once(request: Request, title: str, secret: str, back: str) -> Response:
    """Return the page that shows a secret; no other page does."""
    return page(request, "secret.html", title=title, secret=secret, back=back)


def _password(request: Request, made: MadeAccount) -> Response:
    title = preferences_of(request).say("access", "new_password", of=made.name)
    return shown_once(request, title, made.password, "/people")


def _scopes(sent: Sent) -> list[str]:
    """Return what was ticked, and each party's scope that was written."""
    parties = ((Role.MERCHANT, "merchants"), (Role.BUYER, "buyers"))
    named = [f"{role}:{party}" for role, field in parties for party in sent.optional(field).split()]
    return [*sent.every("role"), *named]


def _parties(scopes: tuple[str, ...], role: Role) -> str:
    return " ".join(scope.partition(":")[2] for scope in scopes if scope.startswith(f"{role}:"))


def _state(account: Account, at_ms: int) -> str:
    if not account.is_open:
        return "closed"
    return "locked" if (account.locked_until_ms or 0) > at_ms else "open"


def _key_state(key: ApiKey, at_ms: int) -> str:
    if key.revoked_at_ms is not None:
        return "revoked"
    return "open" if key.is_valid(at_ms) else "expired"
