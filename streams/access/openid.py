"""Signing in by OpenID Connect: the authorisation code flow with PKCE, and what a person may be by their claims."""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from schemas.units import MINUTE_MS
from streams.access.accounts import NO_ROLE, NOT_A_NAME, Account, AccountRecords
from streams.access.names import is_our_own
from streams.access.roles import scope_of
from streams.errors import Invalid, NotAllowed, SettingsError
from streams.setting_files import content_of

LASTS_MS = 10 * MINUTE_MS
"""How long somebody may take at the provider."""
_SUBJECT_AT_MOST = 255
"""Characters of a subject, as OpenID Connect bounds it."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser keeps between leaving for the provider and coming back; nobody else learns the ``verifier``."""

    state: str
    nonce: str
    verifier: str
    where: str
    begun_at_ms: int


class Provider(Protocol):
    """An OpenID Connect provider; calls block, and raise :class:`streams.errors.AuthorityUnavailable`."""

    def address(self, begun: Begun, back: str) -> str:
        """Return where the browser signs in; it comes back to ``back``."""

    def claims(self, code: str, begun: Begun, back: str) -> Mapping[str, Any]:
        """Return the claims of the ID token that a code is changed for, checked.

        :class:`streams.errors.NotAllowed` where the provider refuses the code, or its token is not for us.
        """


class ClaimedRoles:
    """Reads names and roles out of claims."""

    def __init__(self, claim: str, scopes: Mapping[str, str]) -> None:
        """``claim`` is the path to the roles, as in ``realm_access.roles``; ``scopes`` says which scope each means.

        What it does not name means itself, where it spells a scope.
        """
        self._claim = claim
        self._scopes = scopes

    def scopes(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what the person may be; raises :class:`NotAllowed` where that is nothing."""
        found: Any = claims
        for part in self._claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        given = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        scopes = sorted({scope for one in given if (scope := self._scope(one)) is not None})
        if not scopes:
            msg = f"your account at the provider has no role here: ask your administrator (claim {self._claim!r})"
            raise NotAllowed(msg)
        return tuple(scopes)

    def _scope(self, given: object) -> str | None:
        if not isinstance(given, str):
            return None
        try:
            scope = scope_of(self._scopes.get(given, given))
        except Invalid:
            return None
        return None if scope.role in NO_ROLE else str(scope)


def claimed_scopes(path: Path | None) -> Mapping[str, str]:
    """Return which scope each role of the claim means; raises :class:`SettingsError` where the file is not that."""
    if path is None:
        return {}
    try:
        found = msgspec.yaml.decode(content_of(path), type=dict[str, str])
    except (OSError, ValueError, msgspec.MsgspecError) as exc:
        msg = f"SENTINEL_OIDC_ROLES: {path} is no list of role: scope ({exc})"
        raise SettingsError(msg) from exc
    if wrong := [f"{role}: {said}" for role, scope in found.items() if (said := _wrong_with(scope)) is not None]:
        msg = f"SENTINEL_OIDC_ROLES: {path} is no list of role: scope ({'; '.join(wrong)})"
        raise SettingsError(msg)
    return found


def _wrong_with(scope: str) -> str | None:
    try:
        scope_of(scope)
    except Invalid as exc:
        return str(exc)
    return None


class OpenIdSignIn:
    """Leads people to the provider, and makes of who comes back an account whose roles are those of the claims."""

    def __init__(self, provider: Provider, records: AccountRecords, roles: ClaimedRoles, issuer: str) -> None:
        self._provider = provider
        self._records = records
        self._roles = roles
        self._issuer = issuer

    def begin(self, where: str, back: str, now_ms: int) -> tuple[str, Begun]:
        """Return where the browser goes, and what it keeps until it comes back; ``where`` it goes to after that."""
        state, nonce, verifier = (secrets.token_urlsafe(size) for size in (24, 24, 48))
        begun = Begun(state=state, nonce=nonce, verifier=verifier, where=where, begun_at_ms=now_ms)
        return self._provider.address(begun, back), begun

    def finish(self, begun: Begun | None, state: str, code: str, back: str, now_ms: int) -> Account:
        """Return the account of whoever came back.

        :class:`NotAllowed` where they did not leave from here, took too long, have no role, or their name is
        somebody else's, or their account closed; errors as of the provider.
        """
        same = begun is not None and secrets.compare_digest(begun.state.encode(), state.encode())
        if begun is None or not same or now_ms - begun.begun_at_ms > LASTS_MS:
            msg = "this sign-in was begun elsewhere, or too long ago: sign in again"
            raise NotAllowed(msg)
        claims = self._provider.claims(code, begun, back)
        return self._account(claims, self._roles.scopes(claims), now_ms)

    def _account(self, claims: Mapping[str, Any], scopes: tuple[str, ...], now_ms: int) -> Account:
        subject = f"{self._issuer} {str(claims['sub'])[:_SUBJECT_AT_MOST]}"
        known = self._records.of_subject(subject)
        if known is None:
            made = Account(name=_name(claims), scopes=scopes, made_at_ms=now_ms, made_by="openid", subject=subject)
            if not self._records.add(made, ""):  # no password opens it: the empty text is no hash
                msg = f"the name {made.name} is another account's here: ask your administrator"
                raise NotAllowed(msg)
            return made
        if not known.is_open:
            msg = f"the account {known.name} is closed: ask your administrator"
            raise NotAllowed(msg)
        if known.scopes != scopes:
            self._records.set_scopes(known.name, scopes)
        return msgspec.structs.replace(known, scopes=scopes)


def _name(claims: Mapping[str, Any]) -> str:
    """Return the name by which a person is known here: the first of these claims that can be one."""
    for claim in ("preferred_username", "email", "sub"):
        text = re.sub(NOT_A_NAME, "", str(claims.get(claim) or ""))[:64]
        if text and not is_our_own(text):
            return text
    msg = "the provider says no name that an account can have: preferred_username, email or sub"
    raise NotAllowed(msg)
