"""A platform's signed token: one party, one request, for a short time. The platform signs, we only check.

A JSON Web Token with ``sub`` (``merchant:ID`` or ``buyer:ID``), ``request_id``, ``aud`` and ``exp``, and ``nbf`` where
it holds from a later time on; the platform's clock may be half a minute off ours. Its keys are a JSON Web Key Set:
public ones (EC, Ed25519, RSA) or a shared secret.
"""

import json
import re
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from streams.access.caller import Caller
from streams.access.roles import PARTIES, Scope, scope_of
from streams.errors import Invalid, SettingsError
from streams.setting_files import content_of

AUDIENCE = "refund-sentinel"
ALGORITHMS = ["ES256", "Ed25519", "EdDSA", "RS256", "PS256", "HS256"]
LONGEST_S = 24 * 3_600
"""What a token may last at most: it cannot be taken back."""
LEEWAY_S = 30
_REQUEST = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class PartyTokens:
    """Recognises the tokens of one platform."""

    def __init__(self, keys: KeySet | None) -> None:
        """``keys`` None: nobody may sign."""
        self._keys = keys

    @classmethod
    def of_file(cls, path: Path | None) -> "PartyTokens":
        """Return what checks by the key set of a file; raises :class:`SettingsError` where it cannot be used."""
        if path is None:
            return cls(None)
        try:
            return cls(KeySet.import_key_set(json.loads(content_of(path))))
        except (OSError, ValueError, KeyError, TypeError, JoseError) as exc:
            msg = f"SENTINEL_PARTY_TOKEN_KEYS: {path} is no JSON Web Key Set that can be used ({type(exc).__name__})"
            raise SettingsError(msg) from None

    def recognise(self, text: str, now_ms: int) -> Caller | None:
        """Return the party whose token this is; None where it is none, or its time is over."""
        if self._keys is None:
            return None
        try:
            claims = jwt.decode(text, self._keys, algorithms=ALGORITHMS).claims
            scope = scope_of(str(claims["sub"]))
        except (JoseError, ValueError, KeyError, TypeError, Invalid):
            return None
        return _caller(scope, claims, now_ms // 1_000)


def _caller(scope: Scope, claims: dict[str, Any], now_s: int) -> Caller | None:
    request_id, audience, expires = claims.get("request_id"), claims.get("aud"), claims.get("exp")
    begins = claims.get("nbf", 0)
    audiences = audience if isinstance(audience, list) else [audience]
    if scope.role not in PARTIES or AUDIENCE not in audiences:
        return None
    if not isinstance(request_id, str) or not _REQUEST.fullmatch(request_id):
        return None
    if not isinstance(expires, int | float) or not now_s - LEEWAY_S < expires <= now_s + LONGEST_S + LEEWAY_S:
        return None
    if not isinstance(begins, int | float) or not begins <= now_s + LEEWAY_S:
        return None
    return Caller(account=f"token:{scope}", name=str(scope), scopes=frozenset({scope}), request_id=request_id)
