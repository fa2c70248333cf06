"""Every metric of workers, in one place: name, unit, labels, meaning. No person's, order's or request's id is a label.

A worker exports those of its own kind and nothing else. The series of a counter are there from the start, at 0: what
appears with its first event has no rate before the second.
"""

# Over 250 lines because it is one list: whoever looks for a metric finds it here, with what it means.

import platform
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import product
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from schemas.topics import TOPICS
from streams.cases.quality.reach import Why
from streams.cases.reviewing.capacity import GIVEN_BACK
from streams.cases.reviewing.ordering import Lane
from streams.cases.states import CaseState
from streams.policy.reasons import reasons
from streams.policy.variables import ONLY_UNMEASURED, VARIABLES

LATENCY_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800)
STAGE_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SEARCH_S = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)
BATCH = (1, 2, 4, 8, 16, 32, 64, 128, 256)

Kind = Literal["enrich", "decide"]
KINDS: tuple[Kind, ...] = get_args(Kind)
OPEN: tuple[str, ...] = ()
"""Values of a label that nobody knows beforehand."""
STAGES = (
    "gather",
    *(f"photo_{stage}" for stage in ("fetch", "store", "decode", "hash", "features", "clarity", "provenance")),
    *(f"photo_{stage}" for stage in ("visible_label", "compare", "develop", "alignment", "difference", "copied")),
    *(f"photo_{stage}" for stage in ("regions", "overlay", "recognise", "subtract")),
)
"""What the work on a request has been parted into."""
LEFT_OUT = (
    "earlier_sightings_left_out",
    "earlier_candidates_left_out",
    "catalogue_photos_left_out",
    "catalogue_candidates_left_out",
)
ERRORS = {
    "enrich": ("ContractError", "MediaUnreadable", "EndedTheProcess", "MessageTooLarge"),
    "decide": ("ContractError", "RefusedByDatabase", "EndedTheProcess", "MessageTooLarge"),
}
"""What makes a dead letter, beside faults of ours."""
CLOCK = "sentinel_clock_seconds", "Seconds since 1970 by the clock of this host: deadlines are kept by it"
DEADLINES = ("hearing", "appeal")
"""What ends with a deadline."""
ANSWERS = (
    "taken_up",
    "unknown_key",
    "unknown_partner",
    "bad_signature",
    "expired",
    "not_yet_issued",
    "replayed",
    "over_quota",
    "our_own",
)
"""What becomes of a credit signal."""
ATTEMPTS = ("taken", "failed", "given_up")
"""What becomes of an attempt to post to a webhook; given_up: it failed, and is not tried again."""


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self, kind: Kind | None = None) -> None:
        """``kind`` None exports those of every kind."""
        self._kind = kind
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._of_every_worker()
        self._of_enrich()
        self._of_decide()

    def _of_every_worker(self) -> None:
        kinds = KINDS if self._kind is None else (self._kind,)
        read = [topic.name for topic in TOPICS if set(kinds) & set(topic.read_by)]
        self.build = Info("sentinel_build", "Version of the program and of Python", registry=self.registry)
        self.build.info({"version": program_version(), "python": platform.python_version()})
        self.ready = self._gauge("sentinel_ready", "1 while this worker is ready")
        self.clock = self._gauge(*CLOCK)
        self.clock.set_function(time.time)
        self.lag = self._gauge(
            "sentinel_lag_messages",
            "Messages between the committed offset and the end of a partition. Each worker tells all partitions of "
            "what it reads: take max by (topic, partition) before a sum",
            topic=OPEN,
            partition=OPEN,
        )
        self.assigned = self._gauge(
            "sentinel_partition_assigned",
            "1 while a partition is this worker's; a partition that no worker has is read by nobody",
            topic=OPEN,
            partition=OPEN,
        )
        self.before_set_offsets = self._gauge(
            "sentinel_before_set_offsets_messages",
            "Messages that stand before offsets which another program set, as this worker began to read: at most these "
            "were left out. Each worker tells of its own partitions",
            topic=OPEN,
        )
        self.gone_unread = self._gauge(
            "sentinel_gone_unread_messages",
            "Messages that the broker deleted before this worker read them, since it started: at most these get no "
            "decision unless they are sent again",
            topic=OPEN,
        )
        self.topic_unfit = self._gauge(
            "sentinel_topic_unfit",
            "1 while a topic has settings by which no worker starts: compaction deletes messages that nobody has read",
            topic=OPEN,
        )
        self.lag_age = self._gauge("sentinel_lag_age_seconds", "How long ago lag was measured")
        self.in_flight = self._gauge(
            "sentinel_in_flight_events", "Events admitted and not yet acknowledged", topic=OPEN
        )
        self.dead_letters = self._counter(
            "sentinel_dead_letters",
            "Dead letters written",
            topic=read,
            error=sorted({error for kind in kinds for error in ERRORS[kind]}),
        )
        self.paused = self._gauge(
            "sentinel_topic_paused",
            "1 while a topic is paused because too many of its messages were dead letters",
            topic=OPEN,
        )
        self.send_seconds = self._histogram(
            "sentinel_send_seconds",
            "Wait for the broker to confirm what was buffered, an event's or a batch's",
            STAGE_S,
        )

    def _of_enrich(self) -> None:
        of: Kind = "enrich"
        self.requests = self._counter("sentinel_requests", "Refund requests taken up by enrich, resends included", of)
        self.catalogue_photos = self._counter("sentinel_catalogue_photos", "Catalogue photos taken up by enrich", of)
        self.evidence_seconds = self._histogram(
            "sentinel_evidence_latency_seconds",
            "From the broker's append time of a request to the confirmed send of its evidence",
            LATENCY_S,
            of,
        )
        self.stage_seconds = self._histogram(
            "sentinel_stage_seconds", "Time of one stage of the work on one request", STAGE_S, of, stage=STAGES
        )
        self.pool_timeouts = self._counter(
            "sentinel_pool_timeouts", "Looks at a photo that were ended by their time limit", of
        )
        self.pool_deaths = self._counter(
            "sentinel_pool_deaths", "Pool processes that ended while they looked at a photo", of
        )
        self.unmeasured = self._counter(
            "sentinel_unmeasured_readings",
            "Readings that could not be made, by name",
            of,
            reading=sorted({one.reading for one in VARIABLES.values() if one.is_reading} | ONLY_UNMEASURED),
        )
        self.replica_position = self._gauge(
            "sentinel_replica_position", "Next offset that the replica of earlier photos reads", of
        )
        self.replica_end = self._gauge("sentinel_replica_end", "End of the log of earlier photos, as last seen", of)
        self.replica_late = self._counter(
            "sentinel_replica_late",
            "Photos that were not looked up because the replica was behind for too long",
            of,
        )
        self.replica_photos = self._gauge("sentinel_replica_photos", "Photos in the replica", of)
        self.replica_newest = self._gauge(
            "sentinel_replica_newest_photos",
            "Photos of the replica in memory, in no segment on disk yet; sealing fails where it keeps growing",
            of,
        )
        self.replica_bytes = self._gauge(
            "sentinel_replica_index_bytes", "Bytes of the segments that searches touch", of
        )
        self.replica_search_seconds = self._histogram(
            "sentinel_replica_search_seconds",
            "One search among earlier photos, all variants of a photo",
            SEARCH_S,
            of,
        )
        self.earlier_compared = self._counter(
            "sentinel_earlier_photos_compared",
            "Earlier photos that a claim was compared with; explained: by a photo of goods that both were made from",
            of,
            outcome=("same", "other", "explained", "unmeasured"),
        )
        self.earlier_left_out = self._counter(
            "sentinel_earlier_photos_left_out",
            "Earlier photos that a claim photo resembles and that were not told or not compared, by reading",
            of,
            reading=LEFT_OUT,
        )

    def _of_decide(self) -> None:
        of: Kind = "decide"
        self.outcomes = self._counter("sentinel_outcomes", "Outcomes taken up by decide", of)
        self.decisions = self._counter(
            "sentinel_decisions", "Decisions sent, repeats included, by verdict", of, verdict=("CLEAR", "REVIEW")
        )
        self.reasons = self._counter(
            "sentinel_reasons", "Reasons given in decisions sent, by code", of, code=sorted(reasons().reasons)
        )
        self.decision_seconds = self._histogram(
            "sentinel_decision_latency_seconds",
            "From the broker's append time of a request to the confirmed send of its decision",
            LATENCY_S,
            of,
        )
        self.database_seconds = self._histogram(
            "sentinel_database_seconds", "One call to the database", STAGE_S, of, call=OPEN
        )
        self.database_retries = self._counter(
            "sentinel_database_retries", "Calls to the database that were tried again", of
        )
        self.batch_events = self._histogram("sentinel_batch_events", "Events in one transaction", BATCH, of)
        self.credit_signals = self._counter(
            "sentinel_credit_signals", "Credit signals of other platforms, by what became of them", of, answer=ANSWERS
        )
        self.policy_unusable = self._gauge(
            "sentinel_policy_unusable", "Whether the active policy cannot be used and the one before it judges", of
        )
        self.policy_changes = self._counter(
            "sentinel_policy_changes", "Times that another policy came into force while this worker ran", of
        )
        self.rule_failures = self._counter(
            "sentinel_policy_rule_failures", "Rules that failed while they were evaluated: the log names them", of
        )
        self.shadows = self._gauge("sentinel_policy_shadows", "Policies that run in shadow", of)
        self.shadow_failures = self._counter(
            "sentinel_policy_shadow_failures",
            "Steps of a shadow that failed: it stays where it is, the log says why",
            of,
        )
        self.deadlines = self._counter(
            "sentinel_case_deadlines", "Cases that were moved on because a deadline passed", of
        )
        self.deadline_delay = self._histogram(
            "sentinel_case_deadline_delay_seconds",
            "From the deadline of a hearing, or of the time to appeal, to the moment when its case was moved on",
            LATENCY_S,
            of,
            wait=DEADLINES,
        )
        self.audit_seals = self._counter("sentinel_audit_seals", "Heads over the audit chains that were sealed", of)
        self.audit_head = Info(
            "sentinel_audit_head",
            "The newest sealed head over the audit chains; a copy of it outside shows whether the past was changed",
            registry=self._registry(of),
        )
        self.audit_unsealed = self._gauge(
            "sentinel_audit_unsealed_seconds", "How long the oldest audit entry has waited for a seal", of
        )
        self.audit_unstamped = self._gauge(
            "sentinel_audit_unstamped_seconds",
            "How long ago the newest head was sealed that the time authority should have stamped, 0 while it has",
            of,
        )
        self.leases_expired = self._counter(
            "sentinel_case_leases_expired", "Cases that went back to the queue because their reviewer was away", of
        )
        self._of_the_queue(of)
        self.outbox_sent = self._counter("sentinel_outbox_sent", "Messages that the relay sent", of)
        self.outbox_purged = self._counter(
            "sentinel_outbox_purged", "Messages that the relay deleted, long after they were sent", of
        )
        self.outbox_backlog = self._gauge(
            "sentinel_outbox_backlog_messages",
            "Messages in the outbox that were not sent yet, counted up to 100,000; each decide worker sees all of them",
            of,
        )
        self.outbox_oldest = self._gauge(
            "sentinel_outbox_oldest_unsent_seconds",
            "How long the oldest message in the outbox has been waiting, 0 while none waits; or may have been, where "
            "the database cannot be asked",
            of,
        )

        self.webhook_attempts = self._counter(
            "sentinel_webhook_attempts", "Attempts to post to webhooks, by what became of them", of, outcome=ATTEMPTS
        )
        self.webhook_oldest = self._gauge(
            "sentinel_webhook_oldest_waiting_seconds",
            "How long the oldest delivery that no webhook has taken yet has been waiting, 0 while none waits",
            of,
        )

    def dead_letters_written(self) -> int:
        """Return how many dead letters this worker wrote."""
        samples = (sample for metric in self.dead_letters.collect() for sample in metric.samples)
        return int(sum(sample.value for sample in samples if sample.name.endswith("_total")))

    def _of_the_queue(self, of: Kind) -> None:
        """Make what tells whether reviewers keep up; each decide worker sees all cases."""
        states = sorted(state.value for state in CaseState if state is not CaseState.CLOSED)
        lanes, hows = [lane.value for lane in Lane], list(GIVEN_BACK)
        self.cases_open = self._gauge("sentinel_cases", "Cases in each state", of, state=states)
        self.cases_oldest = self._gauge(
            "sentinel_case_oldest_seconds", "How long ago the oldest case in a state was opened", of, state=states
        )
        self.cases_overdue = self._gauge(
            "sentinel_case_overdue_seconds",
            "How long ago the earliest deadline passed whose case no worker has moved on, 0 while there is none",
            of,
        )
        self.queue_depth = self._gauge("sentinel_review_queue_cases", "Cases that wait for a reviewer", of, lane=lanes)
        self.queue_oldest = self._gauge(
            "sentinel_review_queue_oldest_seconds", "How long the case waits that waits longest", of, lane=lanes
        )
        self.queue_arrivals = self._gauge(
            "sentinel_review_queue_arrivals", "Cases that began to wait for a reviewer in the last hour", of
        )
        self.queue_hours = self._gauge(
            "sentinel_review_queue_hours", "Hours that the reviewers who are there need for what waits", of
        )
        self.given_back = self._gauge(
            "sentinel_cases_given_back", "Cases that left a reviewer's hands undecided in the last hour", of, how=hows
        )
        self.given_back_most = self._gauge(
            "sentinel_cases_given_back_most",
            "The most cases that one reviewer gave back undecided in the last hour",
            of,
        )
        self.case_waiting = self._gauge(
            "sentinel_case_waiting_seconds", "Mean wait for a reviewer of what was handed out in the last hour", of
        )
        self.case_handling = self._gauge(
            "sentinel_case_handling_seconds", "Mean time in a reviewer's hands of what was decided in the last hour", of
        )
        self.reviewers = self._gauge("sentinel_reviewers", "Reviewers who asked for a case in the last 15 minutes", of)
        self.reviewers_needed = self._gauge(
            "sentinel_reviewers_needed", "Reviewers whom the arrivals of the last hour keep busy to 85 %", of
        )

        self.stranded = self._gauge(
            "sentinel_cases_nobody_may_decide",
            "Cases that wait for a reviewer and that none of those who review may decide",
            of,
            why=[why.value for why in Why],
        )

    def _counter(self, name: str, meaning: str, of: Kind | None = None, **labels: Sequence[str]) -> Counter:
        """Return a counter with every series whose labels are known."""
        made = Counter(name, meaning, list(labels), registry=self._registry(of))
        for values in product(*labels.values()) if labels else ():
            made.labels(*values)
        return made

    def _gauge(self, name: str, meaning: str, of: Kind | None = None, **labels: Sequence[str]) -> Gauge:
        return Gauge(name, meaning, list(labels), registry=self._registry(of))

    def _histogram(
        self, name: str, meaning: str, buckets: Sequence[float], of: Kind | None = None, **labels: Sequence[str]
    ) -> Histogram:
        made = Histogram(name, meaning, list(labels), buckets=buckets, registry=self._registry(of))
        for values in product(*labels.values()) if labels else ():
            made.labels(*values)
        return made

    def _registry(self, of: Kind | None) -> CollectorRegistry | None:
        """Return where a metric is exported; None where it is of another kind of worker."""
        return self.registry if None in {of, self._kind} or of == self._kind else None


def program_version() -> str:
    """Return the version of this program, as it was installed."""
    try:
        return version("refund-sentinel")
    except PackageNotFoundError:
        return "unknown"
