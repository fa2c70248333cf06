"""What forms of our pages send: bounded, with the token of the session they belong to, each done once."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, TypeVar, cast

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from streams.access.caller import Caller
from streams.access.idempotency import Answer
from streams.cases.acts import AuditAct
from streams.casework.parties.uploads import AT_ONCE
from streams.clock import now_ms
from streams.console.endpoints import Uses
from streams.console.pages.by_session import session_of
from streams.console.pages.trouble import as_page
from streams.console.pages.typed import Head, words_in
from streams.console.problems import problem_of, response
from streams.console.routes import TABLE
from streams.console.use_cases import UseCases
from streams.errors import Invalid, NotAllowed, OperatorError

T = TypeVar("T")

KEY_AT_MOST = 128
TEXT_AT_MOST = 4_000


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that a person sent from one of our pages."""

    uses: UseCases
    caller: Caller | None
    fields: FormData
    request: Request

    def text(self, name: str, *, most: int = TEXT_AT_MOST) -> str:
        """Return a field's text; raises :class:`Invalid` where it is missing, empty or too long."""
        value = self.optional(name, most=most)
        if not value:
            msg = f"{name}: fill this in"
            raise Invalid(msg)
        return value

    def optional(self, name: str, *, most: int = TEXT_AT_MOST) -> str:
        """Return a field's text, empty where there is none; raises :class:`Invalid` where it is too long."""
        value = self.fields.get(name, "")
        text = "" if isinstance(value, UploadFile) else value.strip().replace("\r\n", "\n")
        if len(text) > most:
            msg = f"{name}: at most {most:,} characters"
            raise Invalid(msg)
        return text

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values of a field that may be given several times."""
        return tuple(value for value in self.fields.getlist(name) if isinstance(value, str) and value)

    def number(self, name: str) -> int | None:
        """Return a field's whole number from 0; None: it holds none."""
        value = self.optional(name, most=12)
        return int(value) if value.isdecimal() else None

    def act(self, note: str) -> AuditAct:
        """Return an act of the person, now, for the reason ``note``."""
        return cast("Caller", self.caller).act(note, now_ms())

    def files(self, name: str) -> tuple[UploadFile, ...]:
        """Return the files chosen in a field; an empty choice is none."""
        return tuple(
            one for one in self.fields.getlist(name) if isinstance(one, UploadFile) and (one.filename or one.size)
        )

    def done(
        self,
        work: Callable[[AuditAct], str],
        note: str | None = None,
        files: Sequence[str] = (),
        *,
        most: int = TEXT_AT_MOST,
    ) -> Response:
        """Return the redirect to the page that ``work`` names; the same form sent again only leads there.

        ``note`` is the field with the person's own words for the audit trail, if there have to be some; ``files`` are
        the hashes of the files that came with the form.
        """
        try:
            answered = self._answered(work, "" if note is None else self.text(note, most=most), files)
        except OperatorError as exc:
            answered = problem_of(exc)
        if answered.status >= HTTPStatus.BAD_REQUEST:
            return as_page(self.request, answered)
        return response(answered)

    def made(self, work: Callable[[AuditAct], T], back: str, show: Callable[[T], Response]) -> Response:
        """Return the page that shows what ``work`` made, the only time that it is shown.

        The same form sent again makes nothing and leads ``back``, because what was shown is not kept.
        """
        fresh: list[T] = []

        def once(act: AuditAct) -> str:
            fresh.append(work(act))
            return back

        try:
            answered = self._answered(once, "", ())
        except OperatorError as exc:
            answered = problem_of(exc)
        if answered.status >= HTTPStatus.BAD_REQUEST:
            return as_page(self.request, answered)
        return show(fresh[0]) if fresh else response(answered)

    def _answered(self, work: Callable[[AuditAct], str], note: str, files: Sequence[str]) -> Answer:
        caller = cast("Caller", self.caller)
        at_ms = now_ms()
        key = self.optional("key", most=KEY_AT_MOST)

        def answered() -> Answer:
            return Answer(status=303, location=work(caller.act(note, at_ms)))

        if not key:
            return answered()
        fields = sorted(one for one in self.fields.multi_items() if isinstance(one[1], str))
        digest = sha256(repr((self.request.url.path, fields, *files)).encode()).digest()
        return self.uses.once.answer(f"{caller.account}/form", key, digest, at_ms, answered)


async def _sent(request: Request, uses: Uses) -> Sent:
    async with request.form(max_files=0, max_fields=100) as fields:
        kept = FormData(fields.multi_items())
    return _of_this_session(request, uses, kept)


async def _sent_with_files(request: Request, uses: Uses) -> AsyncIterator[Sent]:
    fields = await _read(request)
    try:
        yield _of_this_session(request, uses, fields)
    finally:
        await fields.close()


async def _read(request: Request) -> FormData:
    """Return a form with files; where it is more than a form may be, what was typed in it is in the call's state."""
    head = Head(request.receive)
    try:
        return await Request(request.scope, head.receive).form(max_files=AT_ONCE, max_fields=100)
    except HTTPException as exc:
        request.state.typed = await head.words(request.scope)
        if exc.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise
        await head.drop_rest()
        msg = f"a form takes at most {AT_ONCE} files, and texts of at most {TEXT_AT_MOST:,} characters"
        raise Invalid(msg) from exc


def _of_this_session(request: Request, uses: UseCases, kept: FormData) -> Sent:
    request.state.typed = words_in(kept)
    session = session_of(request)
    if session is not None and kept.get("token") != session.form_token:
        msg = "this form is not of your present session: load the page anew"
        raise NotAllowed(msg)
    return Sent(uses, getattr(request.state, "caller", None), kept, request)


Form = Annotated[Sent, Depends(_sent)]
FormWithFiles = Annotated[Sent, Depends(_sent_with_files)]
"""The same with files, which are there until it is answered."""


def way_to(path: str, status: int = 303) -> Response:
    """Return the redirect to ``path``."""
    return RedirectResponse(path, status)


def own_path(text: str) -> str:
    """Return ``text`` if it is the path of one of our pages, else the path of the first page."""
    own = text.startswith("/") and not text.startswith("//") and text.isprintable() and "\\" not in text
    return text if own and "GET" in TABLE.at(text.partition("?")[0].partition("#")[0]) else "/"
