"""Composition: which adapters the worker is made of that decides, and what runs beside its decisions."""

import os
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Protocol

from sqlalchemy import Engine

from schemas.records import CreditSignal
from schemas.topics import CREDIT_SIGNALS, EVIDENCE, OUTCOMES
from schemas.units import DAY_MS
from streams.adapters.kafka import topics
from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.sql.cases.photo_views import SqlPhotoViews
from streams.adapters.sql.cases.quality import SqlQuality
from streams.adapters.sql.cases.reach import SqlReach
from streams.adapters.sql.cases.read_follow_ups import SqlFollowUps
from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.credit import SqlCredit
from streams.adapters.sql.database_thread import Database
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.kept import SqlKeptEvidence
from streams.adapters.sql.keys import audit_key
from streams.adapters.sql.labels import SqlLabels
from streams.adapters.sql.outbox import SqlOutbox
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import require_current
from streams.adapters.sql.trials import SqlTrials
from streams.adapters.sql.uptime_log import SqlUptimeLog
from streams.adapters.sql.webhooks import SqlWebhooks
from streams.adapters.time_authority import HttpTimeAuthority, Rfc3161Check, roots_of
from streams.adapters.webhook_post import WebhookPost
from streams.agents import services
from streams.agents.health import Health
from streams.agents.runtime import Runtime
from streams.agents.topic_watch import TopicWatch
from streams.agents.uptime_log import UptimeLog
from streams.cases.procedure import Procedure
from streams.casework.credit.credit import Credit, Identity
from streams.casework.credit.credit_identity import identity_of
from streams.casework.credit.revocations import Revocations
from streams.casework.procedure_file import procedure_of
from streams.casework.quality.quality import QueueWatch
from streams.casework.quality.reach import ReachWatch
from streams.casework.record.sealing import Sealing
from streams.casework.reviewing.timers import Timers
from streams.clock import now_ms
from streams.decide import handler as decide
from streams.decide.credit_intake import CreditIntake
from streams.decide.policy_watch import PolicyWatch
from streams.decide.purging import Purging
from streams.decide.rule_failures import counting_failures
from streams.delivery.relay import Relay
from streams.delivery.relay_lease import RelayLease
from streams.delivery.stage import Shape
from streams.judgement.policy_file import seed_policy
from streams.judgement.shadowing import Shadowing
from streams.judgement.trying import Trying
from streams.metrics import Metrics, program_version
from streams.policy.engine import judge, usable
from streams.settings import Settings
from streams.webhooks.dispatch import Dispatch

DECIDE_QUEUE = 512
"""Events that decide takes up at most before it has answered them, a partition."""


class _Service(Protocol):
    async def run(self) -> None: ...


async def build_decide(runtime: Runtime, health: Health, stack: AsyncExitStack) -> None:
    """Attach the reading of evidence and outcomes, the relay of the outbox, and what runs beside both."""
    settings, metrics = runtime.settings, runtime.metrics
    topic_watch = TopicWatch(await topics.ready(settings), partial(topics.check, settings), metrics)
    engine = open_engine(settings.database_url)
    stack.callback(engine.dispose)
    database = Database(settings, metrics)
    health.watch("database", database.away)
    key = await database.call("start", lambda: _prepared(engine, settings))
    identity, procedure = identity_of(settings), procedure_of(settings.procedure)
    store = _store(engine, key, identity, procedure)
    judging = counting_failures(judge, metrics)
    _attach_decide(runtime, decide.Decide(store, SqlFollowUps(engine), judging, database, metrics))
    owner = f"{settings.instance or socket.gethostname()}-{os.getpid()}"
    uptime = _uptime(runtime, health, SqlUptimeLog(engine), database, owner)
    beside: list[_Service] = [
        topic_watch,
        _relay(runtime, SqlOutbox(engine), database, owner),
        _policy_watch(engine, database, metrics),
        Timers(SqlCaseDatabase(engine), database, metrics, procedure=procedure),
        QueueWatch(SqlQuality(engine), Database(settings, metrics), metrics),  # figures hold up no decision
        ReachWatch(SqlReach(engine), Database(settings, metrics), metrics),
        _sealing(settings, engine, database, metrics),
        Purging(SqlKeptEvidence(engine).purge, database, settings.kept_evidence_days * DAY_MS),
        Purging(SqlPhotoViews(engine).purge, database, settings.photo_views_keep_days * DAY_MS),
        Purging(SqlUptimeLog(engine).purge, database, settings.worker_log_keep_days * DAY_MS),
        _shadows(engine, key, metrics),
        _webhooks(engine, settings, metrics),
        uptime,
    ]
    if identity is not None:
        _attach_credit(runtime, SqlCredit(engine), identity, database)
        beside.append(Revocations(Credit(SqlCredit(engine), identity), database))
    stack.push_async_callback(uptime.end)
    for service in beside:
        services.attend(runtime, service.run(), stack)


def _relay(runtime: Runtime, outbox: SqlOutbox, database: Database, owner: str) -> Relay:
    keep_ms = runtime.settings.outbox_keep_days * DAY_MS
    lease = RelayLease(outbox, database, owner)
    return Relay(outbox, database, runtime.sender, lease, runtime.metrics, keep_ms=keep_ms, tracer=runtime.tracer)


def _policy_watch(engine: Engine, database: Database, metrics: Metrics) -> PolicyWatch:
    return PolicyWatch(
        PolicyStore(engine).active, database, usable, metrics.policy_unusable.set, metrics.policy_changes.inc
    )


def _uptime(runtime: Runtime, health: Health, store: SqlUptimeLog, database: Database, worker: str) -> UptimeLog:
    return UptimeLog(
        store=store,
        calls=database,
        worker=worker,
        version=program_version(),
        settings=runtime.settings,
        unready=health.unready,
        dead_letters=runtime.metrics.dead_letters_written,
    )


def _webhooks(engine: Engine, settings: Settings, metrics: Metrics) -> Dispatch:
    post = WebhookPost(private_allowed=settings.webhook_private_allowed)
    return Dispatch(SqlWebhooks(engine), post, Database(settings, metrics), metrics)  # decisions have another thread


def _sealing(settings: Settings, engine: Engine, database: Database, metrics: Metrics) -> Sealing:
    url, check = settings.time_authority_url, Rfc3161Check(roots_of(settings.time_authority_roots))
    return Sealing(
        seals=SqlAuditSeals(engine),
        authority=None if url is None else HttpTimeAuthority(url, check),
        calls=database,
        metrics=metrics,
        every_ms=round(settings.seal_every_s * 1_000),
    )


def _shadows(engine: Engine, key: bytes, metrics: Metrics) -> Shadowing:
    trials = SqlTrials(engine)
    return Shadowing(
        Trying(SqlKeptEvidence(engine), trials, SqlLabels(engine), PolicyStore(engine), key),
        trials,
        PolicyStore(engine),
        metrics,
    )


def _store(engine: Engine, key: bytes, identity: Identity | None, procedure: Procedure) -> SqlDecisionStore:
    pseudonym_keys = [] if identity is None else [*identity.pseudonym_keys.values()]
    return SqlDecisionStore(engine, key, procedure, usable, pseudonym_keys)


def _attach_decide(runtime: Runtime, handler: decide.Decide) -> None:
    runtime.read(EVIDENCE, handler.decide, _in_batches(runtime), handler.prepare)
    runtime.read(OUTCOMES, handler.take_up, _in_batches(runtime))


def _attach_credit(runtime: Runtime, store: SqlCredit, identity: Identity, database: Database) -> None:
    def receive(signals: Sequence[CreditSignal]) -> Sequence[str | None]:
        return store.receive(signals, identity.issuer, now_ms())

    intake = CreditIntake(receive, identity.pseudonym_keys, database, runtime.metrics)
    runtime.read(CREDIT_SIGNALS, intake.take_up, _in_batches(runtime))


def _in_batches(runtime: Runtime) -> Shape:
    return Shape(workers=1, batch=runtime.settings.batch, room=DECIDE_QUEUE)


def _prepared(engine: Engine, settings: Settings) -> bytes:
    """Return the key that chooses the random audit share, once the schema is the newest and some policy judges."""
    require_current(engine)
    PolicyStore(engine).seed(seed_policy(settings.policy), now_ms())
    given = settings.audit_key
    return given.get_secret_value().encode() if given else audit_key(engine, now_ms())
