"""Every metric, in one place: name, unit, labels, meaning. No id of a person, order or request is ever a label."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

LATENCY_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800)
STAGE_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SEARCH_S = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)
BATCH = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self.requests = Counter(
            "sentinel_requests", "Refund requests taken up by enrich, resends included", registry=registry
        )
        self.catalogue_photos = Counter(
            "sentinel_catalogue_photos", "Catalogue photos taken up by enrich", registry=registry
        )
        self.outcomes = Counter("sentinel_outcomes", "Outcomes taken up by decide", registry=registry)
        self.decisions = Counter(
            "sentinel_decisions",
            "Decisions sent, repeats included, by verdict",
            ["verdict"],
            registry=registry,
        )
        self.reasons = Counter(
            "sentinel_reasons", "Reasons given in decisions sent, by code", ["code"], registry=registry
        )
        self.decision_seconds = Histogram(
            "sentinel_decision_latency_seconds",
            "From the broker's append time of a request to the confirmed send of its decision",
            buckets=LATENCY_S,
            registry=registry,
        )
        self.evidence_seconds = Histogram(
            "sentinel_evidence_latency_seconds",
            "From the broker's append time of a request to the confirmed send of its evidence",
            buckets=LATENCY_S,
            registry=registry,
        )
        self.stage_seconds = Histogram(
            "sentinel_stage_seconds",
            "Time of one stage of the work on one event or batch",
            ["stage"],
            buckets=STAGE_S,
            registry=registry,
        )
        self.send_seconds = Histogram(
            "sentinel_send_seconds",
            "Wait for the broker to confirm what was buffered, an event's or a batch's",
            buckets=STAGE_S,
            registry=registry,
        )
        self.database_seconds = Histogram(
            "sentinel_database_seconds", "One call to the database", ["call"], buckets=STAGE_S, registry=registry
        )
        self.database_retries = Counter(
            "sentinel_database_retries", "Calls to the database that were tried again", registry=registry
        )
        self.batch_events = Histogram(
            "sentinel_batch_events", "Events in one transaction", buckets=BATCH, registry=registry
        )
        self.lag = Gauge(
            "sentinel_lag_messages",
            "Messages between the committed offset and the end of a partition",
            ["topic", "partition"],
            registry=registry,
        )
        self.in_flight = Gauge(
            "sentinel_in_flight_events", "Events admitted and not yet acknowledged", ["topic"], registry=registry
        )
        self.dead_letters = Counter(
            "sentinel_dead_letters", "Dead letters written", ["topic", "error"], registry=registry
        )
        self.paused = Gauge(
            "sentinel_topic_paused",
            "1 while a topic is paused because too many of its messages were dead letters",
            ["topic"],
            registry=registry,
        )
        self.pool_timeouts = Counter(
            "sentinel_pool_timeouts", "Looks at a photo that were ended by their time limit", registry=registry
        )
        self.pool_deaths = Counter(
            "sentinel_pool_deaths", "Pool processes that ended while they looked at a photo", registry=registry
        )
        self.unmeasured = Counter(
            "sentinel_unmeasured_readings", "Readings that could not be made, by name", ["reading"], registry=registry
        )
        self.replica_position = Gauge(
            "sentinel_replica_position", "Next offset that the replica of earlier photos reads", registry=registry
        )
        self.replica_end = Gauge(
            "sentinel_replica_end", "End of the log of earlier photos, as last seen", registry=registry
        )
        self.replica_late = Counter(
            "sentinel_replica_late",
            "Photos that were not looked up because the replica was behind for too long",
            registry=registry,
        )
        self.replica_photos = Gauge("sentinel_replica_photos", "Photos in the replica", registry=registry)
        self.replica_newest = Gauge(
            "sentinel_replica_newest_photos",
            "Photos of the replica in memory, in no segment on disk yet; sealing fails where it keeps growing",
            registry=registry,
        )
        self.replica_bytes = Gauge(
            "sentinel_replica_index_bytes", "Bytes of the segments that searches touch", registry=registry
        )
        self.replica_search_seconds = Histogram(
            "sentinel_replica_search_seconds",
            "One search among earlier photos, all variants of a photo",
            buckets=SEARCH_S,
            registry=registry,
        )
        self.earlier_compared = Counter(
            "sentinel_earlier_photos_compared",
            "Earlier photos that a claim was compared with; explained: by a photo of goods that both were made from",
            ["outcome"],
            registry=registry,
        )
        self.earlier_left_out = Counter(
            "sentinel_earlier_photos_left_out",
            "Earlier photos that a claim photo resembles and that were not told or not compared, by reading",
            ["reading"],
            registry=registry,
        )
        self.outbox_sent = Counter("sentinel_outbox_sent", "Messages that the relay sent", registry=registry)
        self.outbox_purged = Counter(
            "sentinel_outbox_purged", "Messages that the relay deleted, long after they were sent", registry=registry
        )
        self.outbox_backlog = Gauge(
            "sentinel_outbox_backlog_messages",
            "Messages in the outbox that were not sent yet, counted up to 100,000; each decide worker sees all of them",
            registry=registry,
        )
        self.outbox_oldest = Gauge(
            "sentinel_outbox_oldest_unsent_seconds",
            "How long the oldest message in the outbox has been waiting; 0 while none waits",
            registry=registry,
        )
        self.ready = Gauge("sentinel_ready", "1 while this worker is ready", registry=registry)
