"""What a person wrote in a form that failed: it is shown to them again, and kept on the case that it is about."""

import codecs
import re
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.types import Message, Receive, Scope

from streams.access.caller import Caller
from streams.access.roles import Role
from streams.casework.reviewing.drafts import DRAFT_AT_MOST
from streams.clock import now_ms
from streams.console.api.views import own_case
from streams.console.pages.by_session import from_our_pages
from streams.console.routes import REVIEW
from streams.console.use_cases import UseCases
from streams.errors import SentinelError

WORDS = ("text", "rationale", "policy")
"""Fields with a person's own words, which come before any file."""
HEAD_BYTES = 128 * 1_024
"""So many first bytes of a form hold its words, or as many of them as are kept."""
LEFT_BYTES = 64 * 1_024 * 1_024
"""So much more is taken in and dropped, that the browser reads the answer: photos that were sent along."""
CUT = " […]"
"""Stands for the rest of a text of which only the beginning could be kept."""
_BOUNDARY = re.compile(rb'boundary="?(?P<it>[^";,]+)')
_WRITES = REVIEW | {Role.MERCHANT}
_CASE = re.compile(r"(/cases/(?P<case_id>[A-Za-z0-9._:-]{1,128}))(/(verdict|statement|appeal))?")


class Head:
    """Passes the body of a form on as it comes in, and keeps its first bytes: they hold the person's words."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._kept = bytearray()
        self._more = True

    async def receive(self) -> Message:
        """Return the next message, as starlette's ``receive`` does."""
        message = await self._receive()
        body = message.get("body", b"")
        self._kept += body[: max(0, HEAD_BYTES - len(self._kept))]
        self._more = bool(message.get("more_body", False))
        return message

    async def drop_rest(self) -> None:
        """Take in what still comes, within :data:`LEFT_BYTES`, and forget it."""
        left = LEFT_BYTES
        while self._more and left > 0:
            left -= len((await self.receive()).get("body", b""))

    async def words(self, scope: Scope) -> str:
        """Return the words in what was kept; they end with :data:`CUT` where the person's own went on."""
        head = bytes(self._kept)
        found = await _words(head, scope)
        if len(head) < HEAD_BYTES:
            return found
        boundary = _BOUNDARY.search(dict(scope["headers"]).get(b"content-type", b""))
        if boundary is None:
            return _cut(found)
        decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        decoder.decode(head)
        whole = head.removesuffix(decoder.getstate()[0]) + b"\r\n--" + boundary["it"] + b"--\r\n"
        longer = await _words(whole, scope)
        return found if found == longer else _cut(longer)


def words_in(fields: Mapping[str, object]) -> str:
    """Return the words that a person typed in a form that was read, as many of them as a draft holds."""
    words = "\n\n".join(text for name in WORDS if isinstance(text := fields.get(name), str) and text)
    return words if len(words) <= DRAFT_AT_MOST else _cut(words)


async def typed_in(call: HTTPConnection, receive: Receive) -> str:
    """Return the words in a form that was not read yet; empty: it has none, or none of our pages sent it.

    Another site's form would put its own words before whoever signs in next.
    """
    if call.scope["method"] != "POST" or not from_our_pages(call):
        return ""
    head = Head(receive)
    await head.drop_rest()
    return await head.words(call.scope)


async def _words(body: bytes, scope: Scope) -> str:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        async with Request(scope, receive).form(max_fields=100) as fields:
            return words_in(fields)
    except (HTTPException, MultiPartException, ClientDisconnect):
        return ""


def _cut(words: str) -> str:
    """Return the beginning of a text with :data:`CUT` behind it, without what is left of a sign that was cut in two.

    Empty where there is no text.
    """
    begun = words.removesuffix(CUT)[: DRAFT_AT_MOST - len(CUT)]
    return re.sub(r"(%[0-9A-F]?|\N{REPLACEMENT CHARACTER})+\Z", "", begun) + CUT if begun else ""


def kept_on_its_case(uses: UseCases, caller: Caller, path: str, typed: str) -> str | None:
    """Return the page of the case on which the words are now kept as a draft; None: it is no case of the caller's."""
    named = _CASE.fullmatch(path.partition("?")[0])
    if not typed or named is None or not caller.has(_WRITES):
        return None
    try:
        own_case(uses.files, named["case_id"], caller)
        uses.drafts.keep(named["case_id"], caller.act("", now_ms()), typed)
    except SentinelError:  # whatever went wrong before is what is told
        return None
    return named[1]
