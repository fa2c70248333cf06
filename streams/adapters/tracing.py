"""Traces by OpenTelemetry, sent over OTLP: what takes them may be away, and no message waits for it.

Imported only where traces are wanted: the library is in the extra ``tracing``.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from streams import tracing
from streams.metrics import program_version
from streams.settings import Settings

SEND_S = 5.0
"""How long one sending of spans may take: at the end of a worker its last spans wait no longer."""
_HEADERS = TraceContextTextMapPropagator()


class OpenTelemetry:
    """Fulfils :class:`streams.tracing.Tracer`."""

    def __init__(self, name: str, instance: str, processor: SpanProcessor, share: float = 1.0) -> None:
        """``name`` is the service's, ``share`` is of traces that begin here: one that comes with a message decides."""
        said = {"service.name": name, "service.version": program_version(), "service.instance.id": instance}
        self._provider = TracerProvider(
            resource=Resource.create(said), sampler=ParentBased(TraceIdRatioBased(share)), shutdown_on_exit=False
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("refund-sentinel", program_version())

    def begin(self, name: str, parent: str | None, facts: Mapping[str, str | int]) -> tracing.Span:
        """Return a span; what ``parent`` should not say begins a new trace."""
        context = Context() if parent is None else _HEADERS.extract({tracing.TRACEPARENT: parent}, Context())
        kind = trace.SpanKind.CONSUMER
        return _Span(self._tracer, self._tracer.start_span(name, context, kind, attributes=dict(facts)))

    def close(self) -> None:
        """Send what is left; the call blocks, for as long as one sending may take at most."""
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)  # the library may wait for long
        closing.start()
        closing.join(SEND_S)


class _Span:
    """Fulfils :class:`streams.tracing.Span`."""

    def __init__(self, tracer: trace.Tracer, span: trace.Span) -> None:
        self._tracer = tracer
        self._span = span
        self._context = trace.set_span_in_context(span, Context())

    @property
    def trace_id(self) -> str | None:
        return trace.format_trace_id(self._span.get_span_context().trace_id) if self._span.is_recording() else None

    @property
    def header(self) -> str:
        carrier: dict[str, str] = {}
        _HEADERS.inject(carrier, self._context)
        return carrier[tracing.TRACEPARENT]

    @contextmanager
    def part(self, name: str) -> Iterator[tracing.Span]:
        inner = _Span(self._tracer, self._tracer.start_span(name, self._context))
        try:
            yield inner
        except BaseException as exc:
            inner.fail(exc)
            raise
        finally:
            inner.end()

    def fail(self, error: BaseException) -> None:
        # The class alone: what an error says may hold what a message holds.
        self._span.set_status(trace.StatusCode.ERROR, type(error).__name__)

    def end(self) -> None:
        self._span.end()


def over_otlp(kind: str, settings: Settings, url: str) -> OpenTelemetry:
    """Return what sends the spans of one kind of worker to ``url``, in the background."""
    exporter = OTLPSpanExporter(endpoint=url, timeout=SEND_S)
    name, instance = f"refund-sentinel-{kind}", settings.instance or ""
    return OpenTelemetry(name, instance, BatchSpanProcessor(exporter), settings.traces_share)
