"""What takes OpenTelemetry traces: keeps the names and trace ids of the spans that it is sent over OTLP."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from schemas.topics import EVIDENCE, REQUESTS


class Collector(ThreadingHTTPServer):
    """One server of this process, on a free port."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.spans: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1/traces"

    def names_of(self, trace_id: str) -> set[str]:
        """Return the names of a trace's spans."""
        return {name for found, name in self.spans if found == trace_id}

    def has_whole(self, trace_id: str) -> bool:
        """Return whether a request was followed from when it was read to its decision."""
        return {f"process {topic.name}" for topic in (REQUESTS, EVIDENCE)} | {"photos", "decide"} <= self.names_of(
            trace_id
        )


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sent = ExportTraceServiceRequest.FromString(
            gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        )
        self.server.spans += [
            (span.trace_id.hex(), span.name)
            for resource in sent.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def a_collector() -> Iterator[Collector]:
    with Collector() as collector:
        Thread(target=collector.serve_forever, daemon=True).start()
        yield collector
        collector.shutdown()
