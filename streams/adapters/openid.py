"""An OpenID Connect provider, over HTTPS: found by discovery, its keys fetched anew when it signs with another."""

import json
import time
from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPException
from threading import Lock
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from streams.access.openid import Begun
from streams.adapters.certificates import in_words
from streams.adapters.http_exchange import Deadline, content, exchange
from streams.errors import AuthorityUnavailable, NotAllowed, SettingsError

ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"]
LEEWAY_S = 60
ANSWER_S = 10.0
KEPT_S = 600
"""How long what discovery said is believed."""
BYTES_AT_MOST = 1_000_000
_NOT_KNOWN = frozenset({"invalid_client", "unauthorized_client"})
"""What a provider says where it is not the person, but this console, whom it does not know."""
_ASK = "ask your administrator to look at SENTINEL_OIDC_CLIENT_ID and SENTINEL_OIDC_CLIENT_SECRET"
LOCAL = {"localhost", "127.0.0.1", "::1"}


class OpenIdProvider:
    """Fulfils :class:`streams.access.openid.Provider`."""

    def __init__(self, issuer: str, client_id: str, secret: str | None, answer_s: float = ANSWER_S) -> None:
        """Nothing is fetched yet; :class:`SettingsError` where ``issuer`` is neither https nor of this machine.

        ``answer_s``: seconds until an answer of the provider has to be here as a whole.
        """
        require_issuer(issuer)
        self._issuer = issuer
        self._client_id = client_id
        self._secret = secret
        self._answer_s = answer_s
        self._guard = Lock()
        self._known: tuple[float, Mapping[str, Any]] | None = None
        self._keys: KeySet | None = None

    def address(self, begun: Begun, back: str) -> str:
        """Return where the browser signs in; it comes back to ``back``."""
        challenge = create_s256_code_challenge(begun.verifier)
        told = {"nonce": begun.nonce, "code_challenge": challenge, "code_challenge_method": "S256"}
        where = self._discovered()["authorization_endpoint"]
        scope = ["openid", "profile", "email"]
        return str(prepare_grant_uri(where, self._client_id, "code", back, scope, begun.state, **told))

    def claims(self, code: str, begun: Begun, back: str) -> Mapping[str, Any]:
        """Return the claims of the ID token that a code is changed for; errors as of the port."""
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self._client_id,
            "code_verifier": begun.verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self._secret is not None:
            named = ":".join(quote_plus(one) for one in (self._client_id, self._secret))  # RFC 6749, 2.3.1
            headers["Authorization"] = f"Basic {b64encode(named.encode()).decode()}"
        answer = self._call("POST", self._discovered()["token_endpoint"], urlencode(given).encode(), headers)
        token = answer.get("id_token")
        if not isinstance(token, str):
            msg = "the sign-in provider gave no ID token: sign in again"
            raise NotAllowed(msg)
        return self._checked(token, begun.nonce)

    def _checked(self, token: str, nonce: str) -> Mapping[str, Any]:
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = self._decoded(token).claims
            registry.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as exc:
            msg = f"the sign-in provider's ID token is not for us ({type(exc).__name__}): sign in again"
            raise NotAllowed(msg) from exc
        if claims.get("azp", self._client_id) != self._client_id:
            msg = "the sign-in provider's ID token is for another program: sign in again"
            raise NotAllowed(msg)
        return claims

    def _decoded(self, token: str) -> jwt.Token:
        """Return the token, signed by a key of the provider; where ours do not fit, they are fetched anew."""
        if self._keys is not None:
            try:
                return jwt.decode(token, self._keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                self._keys = None
        self._keys = KeySet.import_key_set(self._call("GET", self._discovered()["jwks_uri"]))  # type: ignore[arg-type]  # checked as it is read
        return jwt.decode(token, self._keys, algorithms=ALGORITHMS)

    def _discovered(self) -> Mapping[str, Any]:
        with self._guard:
            if self._known is None or time.monotonic() > self._known[0]:
                found = self._call("GET", f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
                wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
                if found.get("issuer") != self._issuer or not all(isinstance(found.get(name), str) for name in wanted):
                    msg = f"what the sign-in provider says of itself is not that of {self._issuer}"
                    raise AuthorityUnavailable(msg)
                self._known = (time.monotonic() + KEPT_S, found)
            return self._known[1]

    def _call(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        try:
            told = {"Accept": "application/json", **(headers or {})}
            with exchange(method, url, Deadline(self._answer_s), body=body, headers=told) as answer:
                said = json.loads(content(answer, BYTES_AT_MOST))
        except (HTTPException, OSError, ValueError) as exc:
            msg = f"the sign-in provider does not answer ({in_words(exc)}): try again"
            raise AuthorityUnavailable(msg) from exc
        if answer.status >= 500 or not isinstance(said, dict):  # noqa: PLR2004 - their fault, from here on
            msg = f"the sign-in provider answers {answer.status}: try again"
            raise AuthorityUnavailable(msg)
        if answer.status >= 400:  # noqa: PLR2004 - ours, or the code's
            why = said.get("error", answer.status)
            do = "sign in again" if why not in _NOT_KNOWN else _ASK
            msg = f"the sign-in provider refuses ({why}): {do}"
            raise NotAllowed(msg)
        return said


def require_issuer(issuer: str) -> None:
    """Return where a provider may be asked at this address; else :class:`SettingsError`."""
    if not _may_be_asked(issuer):
        msg = "SENTINEL_OIDC_ISSUER: give an https:// address (http:// on this machine alone)"
        raise SettingsError(msg)


def _may_be_asked(issuer: str) -> bool:
    try:
        parts = urlsplit(issuer)
    except ValueError:  # a bracket that is not closed
        return False
    local = parts.scheme == "http" and parts.hostname in LOCAL
    return bool(parts.hostname) and (parts.scheme == "https" or local)
