"""Following a request through workers: spans, and the trace that a figure is an example of.

A worker without a tracer follows nothing: :func:`part` and :func:`exemplar` then read one variable. Nothing here knows
a library; :mod:`streams.adapters.tracing` fulfils it with OpenTelemetry.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Protocol

TRACEPARENT = "traceparent"
"""The header of W3C's Trace Context that names a message's trace and the span that sent it."""


class Span(Protocol):
    """A piece of work that goes on."""

    @property
    def trace_id(self) -> str | None:
        """The trace that it is of, 32 hex digits; None where that one is not kept."""

    @property
    def header(self) -> str:
        """What a message that comes of it says in :data:`TRACEPARENT`."""

    def part(self, name: str) -> AbstractContextManager["Span"]:
        """Give a span within this one, for as long as the block takes."""

    def fail(self, error: BaseException) -> None:
        """Note why the work failed."""

    def end(self) -> None:
        """Note that the work is over."""


class Tracer(Protocol):
    """Begins spans."""

    def begin(self, name: str, parent: str | None, facts: Mapping[str, str | int]) -> Span:
        """Return a span in the trace that ``parent`` names, a header's value; in a new one where it names none."""


_current: ContextVar[Span | None] = ContextVar("span", default=None)
_OFF: AbstractContextManager[None] = nullcontext()


def part(name: str) -> AbstractContextManager[None]:
    """Time a part of what is at work now, where that is followed."""
    span = _current.get()
    return _OFF if span is None else _within(span, name)


def exemplar() -> dict[str, str] | None:
    """Return the labels that name the trace of what is at work now, for a histogram; None where there is none."""
    span = _current.get()
    trace_id = None if span is None else span.trace_id
    return None if trace_id is None else {"trace_id": trace_id}


@contextmanager
def at_work(span: Span) -> Iterator[None]:
    """Let ``span`` be what is at work, in this task and those that it starts."""
    token = _current.set(span)
    try:
        yield
    finally:
        _current.reset(token)


class Batch:
    """The spans of messages that are worked on at once, as one: a part is a part of each."""

    def __init__(self, spans: Sequence[Span]) -> None:
        """``spans`` are one or more, each of its own trace."""
        self._spans = spans

    @property
    def trace_id(self) -> str | None:
        """The first that is kept stands for all."""
        return next((found for span in self._spans if (found := span.trace_id) is not None), None)

    @property
    def header(self) -> str:
        """The first one's."""
        return self._spans[0].header

    @contextmanager
    def part(self, name: str) -> Iterator[Span]:
        """Give a part of each, as one."""
        with ExitStack() as stack:
            yield Batch([stack.enter_context(span.part(name)) for span in self._spans])

    def fail(self, error: BaseException) -> None:
        """Note for each why it failed."""
        for span in self._spans:
            span.fail(error)

    def end(self) -> None:
        """End each."""
        for span in self._spans:
            span.end()


@contextmanager
def _within(span: Span, name: str) -> Iterator[None]:
    with span.part(name) as inner, at_work(inner):
        yield
