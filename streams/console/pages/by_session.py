"""Knows by a cookie who signed in on the pages. It opens pages only, never the API."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from streams.access.accounts import Account
from streams.access.caller import Caller
from streams.access.sessions import LONGEST_MS, Session, Sessions
from streams.console.routes import API

COOKIE = "sentinel_session"
UNASKED = "Sentinel-Unasked"
"""What an open page says that refreshes itself: its person did nothing, so their session gets no longer by it."""
_SAFE = {"GET", "HEAD"}


class BySession:
    """A recogniser by the cookie of a session. A form that another site sends is nobody's, whatever its cookie."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def __call__(self, call: HTTPConnection, at_ms: int) -> Caller | None:
        """Return who is signed in, with the session left in the call's state; None: nobody is."""
        token = token_of(call)
        if token is None or call.scope["path"].startswith(f"{API}/"):
            return None
        if call.scope["method"] not in _SAFE and not from_our_pages(call):
            return None
        by_itself = UNASKED in call.headers
        found = self._sessions.of(token, at_ms) if by_itself else self._sessions.recognise(token, at_ms)
        if found is None:
            return None
        session, account = found
        call.state.session = session
        return caller_of(account)


def caller_of(account: Account) -> Caller:
    """Return the caller that an account is on the pages."""
    return Caller(account=f"account:{account.name}", name=account.name, scopes=account.may_be)


def token_of(call: HTTPConnection) -> str | None:
    """Return the session's token from the browser's cookie; None: there is none."""
    try:
        found = SimpleCookie(call.headers.get("Cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found is not None and found.value else None


def session_of(call: HTTPConnection) -> Session | None:
    """Return the session in which a call was recognised; None: in none."""
    found: Session | None = getattr(call.state, "session", None)
    return found


def from_our_pages(call: HTTPConnection) -> bool:
    """Return whether the browser says that one of our pages sent this; a browser that says nothing is believed.

    Old browsers say nothing: for them there are the cookie's SameSite and the token in each form.
    """
    site, origin = call.headers.get("Sec-Fetch-Site"), call.headers.get("Origin")
    if site is not None:
        return site in {"same-origin", "none"}
    return origin is None or _host_of(origin) == call.headers.get("Host", "")


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # a bracket that is not closed
        return None


def begin(answer: Response, call: HTTPConnection, sessions: Sessions, account: Account, at_ms: int) -> None:
    """Sign somebody in with this answer; the session that their browser had before is over, whosever it was."""
    former = session_of(call)
    if former is not None:
        sessions.end(former)
    set_cookie(answer, call, sessions.begin(account, at_ms))


def set_cookie(answer: Response, call: HTTPConnection, token: str) -> None:
    """Give the browser the token of its session; ``Secure`` where it came by https."""
    answer.set_cookie(
        COOKIE, token, max_age=LONGEST_MS // 1_000, path="/", secure=by_https(call), httponly=True, samesite="lax"
    )


def by_https(call: HTTPConnection) -> bool:
    """Return whether the browser called by https, as far as we, or the proxy before us, can tell."""
    return call.url.scheme == "https" or call.headers.get("X-Forwarded-Proto") == "https"
