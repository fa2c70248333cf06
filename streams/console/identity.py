"""Finding out who asks: each way of showing it is one recogniser, and the first that knows somebody decides."""

import re
from collections.abc import Sequence
from typing import Protocol

from starlette.requests import HTTPConnection

from streams.access.caller import Caller
from streams.access.keys import Keys, scopes_of
from streams.access.names import person_named
from streams.access.tokens import PartyTokens
from streams.clock import now_ms

ACTOR = "Sentinel-Actor"
_BEARER = re.compile(r"(?i:bearer) +([\x21-\x7e]{1,4096})")


class Recogniser(Protocol):
    """One way in which a call shows who makes it."""

    def __call__(self, call: HTTPConnection, at_ms: int) -> Caller | None:
        """Return who makes the call; None: this way does not show it. The call blocks."""


class ByKey:
    """``Authorization: Bearer`` with an API key, or a platform's token for one party and request."""

    def __init__(self, keys: Keys, tokens: PartyTokens) -> None:
        self._keys = keys
        self._tokens = tokens

    def __call__(self, call: HTTPConnection, at_ms: int) -> Caller | None:
        """Return who makes the call; None: no known key or token. :class:`Invalid` for a wrong ``Sentinel-Actor``."""
        given = _BEARER.fullmatch(call.headers.get("Authorization", "").strip())
        if given is None:
            return None
        key = self._keys.recognise(given[1], at_ms)
        if key is None:
            return self._tokens.recognise(given[1], at_ms)
        name = actor(call.headers.get(ACTOR)) or f"key:{key.name}"
        return Caller(account=key.key_id, name=name, scopes=scopes_of(key))


class Identity:
    """Finds out who makes a call, by the first recogniser that knows them."""

    def __init__(self, recognisers: Sequence[Recogniser]) -> None:
        self._recognisers = recognisers

    def of(self, call: HTTPConnection) -> Caller | None:
        """Return who makes the call; None: nobody known. The call blocks."""
        at_ms = now_ms()
        for recogniser in self._recognisers:
            if (found := recogniser(call, at_ms)) is not None:
                return found
        return None


def actor(text: str | None) -> str | None:
    """Return the person for whom a key acts; None: nobody is named. Raises :class:`Invalid` for what is no name."""
    if text is None or not (name := _as_text(text).strip()):
        return None
    return person_named(name, ACTOR)


def _as_text(header: str) -> str:
    """Return what was sent as UTF-8: headers come as Latin-1."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
