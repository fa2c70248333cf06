"""What a person wrote in a form that failed: it is shown to them again, and kept on the case that it is about."""

import re
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.types import Message, Receive

from streams.access.caller import Caller
from streams.access.roles import Role
from streams.clock import now_ms
from streams.console.api.views import own_case
from streams.console.pages.by_session import from_our_pages
from streams.console.routes import REVIEW
from streams.console.use_cases import UseCases
from streams.errors import SentinelError

WORDS = ("text", "rationale", "policy")
"""Fields with a person's own words, which come before any file."""
HEAD_BYTES = 128 * 1_024
"""So many first bytes of a form hold its words."""
LEFT_BYTES = 64 * 1_024 * 1_024
"""So much more is taken in and dropped, that the browser reads the answer: photos that were sent along."""
_WRITES = REVIEW | {Role.MERCHANT}
_CASE = re.compile(r"(/cases/(?P<case_id>[A-Za-z0-9._:-]{1,128}))(/(verdict|statement|appeal))?")


def words_in(fields: Mapping[str, object]) -> str:
    """Return the words that a person typed in a form that was read."""
    return "\n\n".join(text for name in WORDS if isinstance(text := fields.get(name), str) and text)


async def typed_in(call: HTTPConnection, receive: Receive) -> str:
    """Return the words in a form that was not read yet; empty: it has none, or none of our pages sent it.

    Another site's form would put its own words before whoever signs in next.
    """
    if call.scope["method"] != "POST" or not from_our_pages(call):
        return ""
    head = await _head(receive)

    async def of_head() -> Message:
        return {"type": "http.request", "body": head, "more_body": False}

    try:
        async with Request(call.scope, of_head).form(max_fields=100) as fields:
            return words_in(fields)
    except (HTTPException, MultiPartException, ClientDisconnect):
        return ""


async def _head(receive: Receive) -> bytes:
    head, left = b"", LEFT_BYTES
    while left > 0:
        message = await receive()
        body = message.get("body", b"")
        if len(head) < HEAD_BYTES:
            head += body
        left -= len(body)
        if not message.get("more_body", False):
            break
    return head[:HEAD_BYTES]


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
