"""One worker's runtime: its Faust app, and what all its stages share."""

from collections.abc import Mapping

import structlog
from faust import App, Stream
from faust.types import TP

from schemas.topics import TOPICS, Topic, topics_of
from streams.agents.app import attach, build_app
from streams.agents.events import Raw, incoming, waiting
from streams.agents.producing import buffer_of
from streams.agents.transport import group_consumer_of
from streams.clock import now_ms
from streams.delivery.dead_letter_limit import DeadLetterLimit, file_of
from streams.delivery.dead_letters import error_class, letter
from streams.delivery.exclusive_processing import ExclusiveProcessing
from streams.delivery.heartbeat import Heartbeat
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.ordered_acknowledgement import OrderedAcknowledgement
from streams.delivery.poison_pills import EndedTheProcess, PoisonPills
from streams.delivery.sending import Sender
from streams.delivery.shutdown import Shutdown
from streams.delivery.stage import Handle, Parts, Prepare, Shape, Stage
from streams.metrics import Metrics
from streams.settings import Settings
from streams.tracing import Tracer

PARTS = {"enrich": ("enrich",), "decide": ("decide", "relay")}
"""What runs in each kind of worker, as topics name their readers and writers."""

log = structlog.get_logger(__name__)


class Runtime:
    """Wires one worker; attach stages with :meth:`read`, then start :attr:`app`."""

    def __init__(self, kind: str, settings: Settings, metrics: Metrics, tracer: Tracer | None = None) -> None:
        """``kind`` is as in :attr:`schemas.topics.Topic.read_by`; it names the consumer group."""
        self.settings = settings
        self.metrics = metrics
        self.tracer = tracer
        self.app: App = build_app(f"refund-sentinel-{kind}", settings, topics_of(*PARTS[kind]))
        self.heartbeat = Heartbeat(settings.session_timeout_s)
        self.shutdown = Shutdown()
        self._poison_pills = PoisonPills(settings.data_dir / "poison-pills.json")
        self._exclusive = ExclusiveProcessing()
        self.shutdown.before(self._poison_pills.known_end)
        self.limits: dict[str, DeadLetterLimit] = {}
        self.acknowledgements: dict[str, OrderedAcknowledgement] = {}
        self._stages: dict[str, Stage] = {}
        self.sender = Sender(
            buffer_of(self.app),
            self.heartbeat,
            settings.send_limit_s,
            {topic.name: topic.max_message_bytes for topic in TOPICS},
            metrics.send_seconds,
        )

    def read(self, topic: Topic, handle: Handle, shape: Shape, prepare: Prepare | None = None) -> None:
        """Attach the agent that reads ``topic`` and hands its events to ``handle``, each once it is prepared."""
        parts = Parts(
            sender=self.sender,
            shutdown=self.shutdown,
            acknowledgements=OrderedAcknowledgement(self.metrics.in_flight.labels(topic.name).set),
            poison_pills=self._poison_pills,
            exclusive=self._exclusive,
            limit=self._limit(topic),
            tracer=self.tracer,
        )
        self.acknowledgements[topic.name] = parts.acknowledgements

        async def agent(stream: Stream[bytes]) -> None:
            stage = self._stages[topic.name] = Stage(handle, self._bury, parts, shape, prepare)
            try:
                async for event in stream.noack().events():
                    await stage.take(incoming(event, self.app))
                    del event  # on a rebalance Faust waits for every un-acked event that is still referenced
                    await stage.take_all(waiting(stream, self.app))
            finally:
                await stage.stop()

        attach(agent, self.app, topic.name, self.app.topic(topic.name, schema=Raw(), partitions=topic.partitions))

    def close(self) -> None:
        """Begin with no further event: a stop waits for those in work alone."""
        for stage in self._stages.values():
            stage.close()

    def troubles(self) -> list[str]:
        """Return why nothing, or not everything, is read; empty before the consumer has started."""
        consumer = group_consumer_of(self.app)
        return [] if consumer is None else consumer.troubles()

    @property
    def silent(self) -> bool:
        """Whether no broker answers, so that nothing can be read."""
        consumer = group_consumer_of(self.app)
        return consumer is not None and consumer.silent

    def position(self, at: TP) -> int | None:
        """Return which offset of a partition is read next; None where that is not known."""
        consumer = group_consumer_of(self.app)
        return None if consumer is None else consumer.position_now(at)

    @property
    def left_out(self) -> str | None:
        """Why the worker's group does not take it, or its consumer reads no more; None while all is well."""
        consumer = group_consumer_of(self.app)
        return None if consumer is None else consumer.left_out()

    @property
    def lost_name(self) -> bool:
        """Whether another worker was started under this one's name."""
        consumer = group_consumer_of(self.app)
        return consumer is not None and consumer.lost_name

    def before_set_offsets(self) -> Mapping[str, int]:
        """Return how many messages of each topic stand before offsets that another program set."""
        consumer = group_consumer_of(self.app)
        return {} if consumer is None else dict(consumer.set_by_others.at_most)

    def gone_unread(self) -> Mapping[str, int]:
        """Return how many messages of each topic were deleted before they were read."""
        consumer = group_consumer_of(self.app)
        return {} if consumer is None else dict(consumer.gone_unread.at_most)

    def was_made_anew(self, topic: Topic) -> bool:
        """Return whether a topic was deleted and made anew since the consumer started."""
        consumer = group_consumer_of(self.app)
        return consumer is not None and topic.name in consumer.made_anew

    def _limit(self, topic: Topic) -> DeadLetterLimit:
        paused = self.metrics.paused.labels(topic.name)

        def pause() -> None:
            paused.set(1)
            log.error(
                "topic paused: too many of its messages are dead letters",
                topic=topic.name,
                then="mend the producer, look with `refund-sentinel dlq list`, then `refund-sentinel dlq resume`",
            )

        window = DeadLetterLimit(
            file_of(self.settings.data_dir, topic.name),
            self.settings.dead_letter_stop_ratio,
            self.settings.dead_letter_stop_run,
            pause,
        )
        if window.paused:
            pause()
        self.limits[topic.name] = window
        return window

    def _bury(self, incoming: Incoming, error: Exception) -> Outgoing:
        log.warning(
            "dead letter",
            topic=incoming.topic,
            partition=incoming.partition,
            offset=incoming.offset,
            error=error_class(error),
        )
        self.metrics.dead_letters.labels(incoming.topic, error_class(error)).inc()
        attempts = error.attempts if isinstance(error, EndedTheProcess) else 1
        return letter(incoming, self.app.conf.id, error, now_ms(), attempts)
