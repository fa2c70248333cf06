"""An OpenID Connect provider of this machine: signs everybody in at once; takes a code once, by PKCE."""

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "refund-sentinel", "hush: 50%+ä &"
ENDS_WITHIN_S = 0.02


class Provider:
    """What it says of whoever signs in is ``claims``; ``forged`` claims replace those of the token."""

    def __init__(self) -> None:
        self.issuer = ""
        self.claims: dict[str, Any] = {"sub": "u-1", "preferred_username": "lin.wei", "roles": ["reviewer"]}
        self.forged: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.key = _first_key()

    def new_key(self) -> None:
        self.key = _made_key()

    def configuration(self) -> dict[str, str]:
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.issuer} | {name: f"{self.issuer}/{path}" for name, path in paths.items()}

    def authorized(self, asked: dict[str, str]) -> str:
        """Return where the browser is sent back to."""
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(12)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        kind, _, basic = authorization.partition(" ")
        told = [unquote_plus(one) for one in base64.b64decode(basic).decode().split(":")]
        asked = self.codes.pop(given.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(sha256(given.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if [kind, *told] != ["Basic", CLIENT, SECRET]:
            return 401, {"error": "invalid_client"}
        if asked is None or asked["code_challenge"].encode() != challenge:
            return 400, {"error": "invalid_grant"}
        if asked["redirect_uri"] != given["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "exp": now + 60, "iat": now, "nonce": asked["nonce"]}
        token = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims | self.claims | self.forged, self.key)
        return 200, {"id_token": token, "access_token": "x", "token_type": "Bearer"}

    def keys(self) -> dict[str, Any]:
        return dict(KeySet([self.key]).as_dict(private=False))


def _made_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)})


@cache
def _first_key() -> RSAKey:
    """Return the key that every provider begins with: making one takes longer than a test."""
    return _made_key()


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorized(asked))
                self.end_headers()
                return
            self.tell(200, provider.keys() if parts.path == "/keys" else provider.configuration())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = {name: values[0] for name, values in parse_qs(body).items()}
            self.tell(*provider.token(given, self.headers.get("Authorization", "")))

        def tell(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(ENDS_WITHIN_S,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(60)
        server.server_close()
