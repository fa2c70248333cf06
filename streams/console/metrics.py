"""The console's figures. No id of a person, order or request is ever a label."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from streams.console.routes import ROUTES
from streams.metrics import CLOCK

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class ConsoleMetrics:
    """The metrics of one console, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.calls = Counter(
            "sentinel_console_calls",
            "Calls answered, by route of the table and status",
            ["route", "status"],
            registry=self.registry,
        )
        for route in ROUTES:  # the first failure has a rate only where the series was there before it
            self.calls.labels(route.name, "500")
        self.seconds = Histogram(
            "sentinel_console_seconds",
            "From the head of a call to the end of its answer",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.clock = Gauge(*CLOCK, registry=self.registry)
        self.clock.set_function(time.time)
        self.streams = Gauge(
            "sentinel_console_streams",
            "Open pages that are told of changes",
            registry=self.registry,
        )
