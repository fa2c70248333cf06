"""Composition: which adapters each kind of worker is made of."""

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import NoReturn

from sqlalchemy import Engine

from schemas.records import CreditSignal
from schemas.topics import CASE_EVIDENCE, CATALOGUE, CREDIT_SIGNALS, EVIDENCE, OUTCOMES, REQUESTS, SIGHTINGS
from schemas.units import DAY_MS
from streams.adapters.kafka import topics
from streams.adapters.kafka.replica import Replica
from streams.adapters.photos.pool_examiner import PoolExaminer
from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.sql.cases.quality import SqlQuality
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
from streams.adapters.storage.store_check import StoreCheck
from streams.adapters.time_authority import HttpTimeAuthority, Rfc3161Check, roots_of
from streams.adapters.webhook_post import WebhookPost
from streams.agents import services, worker
from streams.agents.health import Health
from streams.agents.probe import Probe
from streams.agents.runtime import Runtime
from streams.agents.uptime_log import UptimeLog
from streams.cases.procedure import Procedure
from streams.casework.credit import Credit, Identity
from streams.casework.credit_identity import identity_of
from streams.casework.procedure_file import procedure_of
from streams.casework.quality import QueueWatch
from streams.casework.revocations import Revocations
from streams.casework.sealing import Sealing
from streams.casework.timers import Timers
from streams.clock import now_ms
from streams.decide import handler as decide
from streams.decide.credit_intake import CreditIntake
from streams.decide.policy_watch import PolicyWatch
from streams.decide.purging import Purging
from streams.decide.rule_failures import counting_failures
from streams.delivery.relay import Relay
from streams.delivery.relay_lease import RelayLease
from streams.delivery.stage import Shape
from streams.enrich import handler as enrich
from streams.enrich.catalogue import Catalogue
from streams.enrich.catalogue_references import CatalogueReferences
from streams.enrich.earlier_photos import EarlierPhotos
from streams.enrich.gathering import Gatherer
from streams.enrich.retried_examiner import RetriedExaminer
from streams.errors import SettingsError
from streams.judgement.policy_file import read_file
from streams.judgement.shadowing import Shadowing
from streams.judgement.trying import Trying
from streams.judgement.versions import read
from streams.metrics import Kind, Metrics, program_version
from streams.policy.engine import judge, usable
from streams.policy.packaged import load_default
from streams.policy.question import StoredPolicy
from streams.ports import Examiner, SightingLog
from streams.settings import Settings
from streams.webhooks.dispatch import Dispatch

DECIDE_QUEUE = 512
"""Events that decide takes up at most before it has answered them, a partition."""


async def work(kind: Kind, settings: Settings) -> NoReturn:
    """Run one worker until the process ends: with 0 after SIGTERM or SIGINT.

    Raises :class:`streams.errors.OperatorError` when a topic, the schema or the policy is not what it must be. Where
    the broker or the database cannot be reached the process ends with 70: see :func:`streams.agents.worker.run`.
    """
    await worker.run(kind, settings, {"enrich": build_enrich, "decide": build_decide}[kind])


async def build_enrich(runtime: Runtime, health: Health, stack: AsyncExitStack) -> None:
    """Attach the reading of requests and the catalogue: photo processes and the replica of earlier photos."""
    settings = runtime.settings
    stores = StoreCheck(settings)
    for part, ask in (("media store", stores.media), ("evidence store", stores.evidence)):
        probe = Probe(partial(asyncio.to_thread, ask))
        health.watch(part, probe.away)
        services.attend(runtime, probe.run(), stack)
    topics.require(await topics.check(settings))
    examiner = PoolExaminer(settings, runtime.metrics)
    stack.callback(examiner.stop)
    examiner.start()
    replica = Replica(settings, runtime.sender.send, runtime.metrics)
    stack.push_async_callback(replica.stop)
    health.watch("replica", replica.behind)
    await replica.start()
    for service in (replica.run(), replica.end.watch(), services.begin_anew_with(SIGHTINGS, runtime)):
        services.attend(runtime, service, stack)
    await asyncio.gather(replica.caught_up(), examiner.try_out())  # or a request would not be looked at
    _attach_enrich(runtime, _enrich(RetriedExaminer(examiner, settings.store_limit_s), replica, runtime.metrics))


async def build_decide(runtime: Runtime, health: Health, stack: AsyncExitStack) -> None:
    """Attach the reading of evidence and outcomes, the relay of the outbox, and what runs beside both."""
    settings, metrics = runtime.settings, runtime.metrics
    topics.require(await topics.check(settings))
    engine = open_engine(settings.database_url)
    stack.callback(engine.dispose)
    database = Database(settings, metrics)
    health.watch("database", database.away)
    await database.call("start", lambda: _prepare(engine, settings))
    identity, procedure = identity_of(settings), procedure_of(settings.procedure)
    store = _store(engine, settings, identity, procedure)
    _attach_decide(runtime, store, engine, database, identity)
    owner = f"{settings.instance or socket.gethostname()}-{os.getpid()}"
    uptime = _uptime(runtime, health, SqlUptimeLog(engine), database, owner)
    stack.push_async_callback(uptime.end)
    beside = [
        _relay(runtime, SqlOutbox(engine), database, owner).run(),
        _policy_watch(engine, database, metrics).run(),
        Timers(SqlCaseDatabase(engine), database, metrics, procedure=procedure).run(),
        QueueWatch(SqlQuality(engine), database, metrics).run(),
        _sealing(settings, engine, database, metrics).run(),
        Purging(SqlKeptEvidence(engine).purge, database, settings.kept_evidence_days * DAY_MS).run(),
        _shadows(engine, settings).run(),
        _webhooks(engine, settings, metrics).run(),
        uptime.run(),
    ]
    if identity is not None:
        beside.append(Revocations(Credit(SqlCredit(engine), identity), database).run())
    for service in beside:
        services.attend(runtime, service, stack)


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
    return Dispatch(SqlWebhooks(engine), post, Database(settings, metrics))  # decisions have a thread of their own


def _sealing(settings: Settings, engine: Engine, database: Database, metrics: Metrics) -> Sealing:
    url, check = settings.time_authority_url, Rfc3161Check(roots_of(settings.time_authority_roots))
    return Sealing(
        seals=SqlAuditSeals(engine),
        authority=None if url is None else HttpTimeAuthority(url, check),
        calls=database,
        metrics=metrics,
        every_ms=round(settings.seal_every_s * 1_000),
    )


def _shadows(engine: Engine, settings: Settings) -> Shadowing:
    key = _own_audit_key(settings) or audit_key(engine, now_ms())
    trials = SqlTrials(engine)
    return Shadowing(
        Trying(SqlKeptEvidence(engine), trials, SqlLabels(engine), PolicyStore(engine), key),
        trials,
        PolicyStore(engine),
    )


def _enrich(examiner: Examiner, log: SightingLog, metrics: Metrics) -> enrich.Enrich:
    gatherer = Gatherer(examiner, EarlierPhotos(log, examiner), CatalogueReferences(log, examiner))
    return enrich.Enrich(gatherer, Catalogue(examiner, log), metrics)


def _attach_enrich(runtime: Runtime, handler: enrich.Enrich) -> None:
    side_by_side = Shape(workers=runtime.settings.admitted, batch=1, room=runtime.settings.admitted)
    runtime.read(REQUESTS, handler.enrich, side_by_side)
    runtime.read(CATALOGUE, handler.register, side_by_side)
    runtime.read(CASE_EVIDENCE, handler.look_further, side_by_side)


def _store(engine: Engine, settings: Settings, identity: Identity | None, procedure: Procedure) -> SqlDecisionStore:
    pseudonym_keys = [] if identity is None else [*identity.pseudonym_keys.values()]
    return SqlDecisionStore(engine, _own_audit_key(settings), procedure, usable, pseudonym_keys)


def _attach_decide(
    runtime: Runtime, store: SqlDecisionStore, engine: Engine, database: Database, identity: Identity | None
) -> None:
    settings, metrics = runtime.settings, runtime.metrics
    judging = counting_failures(judge, metrics)
    handler = decide.Decide(store, SqlFollowUps(engine), judging, database, metrics)
    in_batches = Shape(workers=1, batch=settings.batch, room=DECIDE_QUEUE)
    runtime.read(EVIDENCE, handler.decide, in_batches)
    runtime.read(OUTCOMES, handler.take_up, in_batches)
    if identity is not None:
        runtime.read(CREDIT_SIGNALS, _credit(SqlCredit(engine), identity, database, metrics).take_up, in_batches)


def _credit(store: SqlCredit, identity: Identity, database: Database, metrics: Metrics) -> CreditIntake:
    def receive(signals: Sequence[CreditSignal]) -> Sequence[str | None]:
        return store.receive(signals, identity.issuer, now_ms())

    return CreditIntake(receive, database, metrics)


def _own_audit_key(settings: Settings) -> bytes | None:
    """Return the key that the settings give; None: the database keeps one."""
    given = settings.audit_key
    return None if given is None else given.get_secret_value().encode()


def _prepare(engine: Engine, settings: Settings) -> None:
    require_current(engine)
    PolicyStore(engine).seed(seed_policy(settings.policy), now_ms())


def seed_policy(path: Path | None) -> StoredPolicy:
    """Return the policy that an empty database starts with: that of the file, else the packaged one.

    Raises :class:`SettingsError` when the file cannot be read and :class:`streams.errors.PolicyError`, naming the file,
    when it cannot be used.
    """
    if path is None:
        return read(load_default()[1])
    try:
        return read_file(path)[0]
    except OSError as exc:
        msg = f"SENTINEL_POLICY: {path} cannot be read ({exc})"
        raise SettingsError(msg) from exc
