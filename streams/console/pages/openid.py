"""Signing in by an OpenID Connect provider: out to it, and back."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
from fastapi import APIRouter, Request, Response

from streams.access.openid import LASTS_MS, Begun, OpenIdSignIn
from streams.clock import now_ms
from streams.console.endpoints import Uses, at
from streams.console.pages.by_session import begin, by_https
from streams.console.pages.forms import own_path, way_to
from streams.console.pages.settings import as_they_like
from streams.console.use_cases import UseCases
from streams.errors import NotAllowed, NotFound

COOKIE = "sentinel_openid"
OUT, BACK = "/sign-in/openid", "/sign-in/openid/back"
TEXT_AT_MOST = 2_000

router = APIRouter()


@at(router, f"GET {OUT}")
def leave(request: Request, uses: Uses, next: str = "/") -> Response:  # noqa: A002 - it is called so in addresses
    """Redirect to the provider."""
    where = own_path(next[:TEXT_AT_MOST])
    address, begun = _openid(uses).begin(where, _back(request, uses), now_ms())
    answer = way_to(address)
    kept = urlsafe_b64encode(msgspec.json.encode(begun)).decode()
    answer.set_cookie(
        COOKIE, kept, max_age=LASTS_MS // 1_000, path=OUT, secure=by_https(request), httponly=True, samesite="lax"
    )
    return answer


@at(router, f"GET {BACK}")
def come_back(request: Request, uses: Uses, state: str = "", code: str = "", error: str = "") -> Response:
    """Redirect to the page that was asked for, once whoever comes back from the provider is signed in."""
    openid = _openid(uses)
    if error or not code:
        msg = f"the sign-in provider did not sign you in ({error[:64] or 'no code'}): try again"
        raise NotAllowed(msg)
    begun = _begun(request)
    account = openid.finish(begun, state, code, _back(request, uses), now_ms())
    answer = way_to("/" if begun is None else own_path(begun.where))
    answer.delete_cookie(COOKIE, path=OUT)
    as_they_like(answer, uses, account.name)
    begin(answer, request, uses.sessions, account, now_ms())
    return answer


def _openid(uses: UseCases) -> OpenIdSignIn:
    if uses.openid is None:
        msg = "nobody signs in by a provider here"
        raise NotFound(msg)
    return uses.openid


def _begun(request: Request) -> Begun | None:
    try:
        return msgspec.json.decode(urlsafe_b64decode(request.cookies.get(COOKIE, "")), type=Begun)
    except (ValueError, msgspec.MsgspecError):
        return None


def _back(request: Request, uses: UseCases) -> str:
    """Return where the provider sends people back to; it knows this address, and takes no other."""
    scheme = "https" if by_https(request) else "http"
    own = uses.console_url or f"{scheme}://{request.url.netloc}"
    return f"{own.rstrip('/')}{BACK}"
