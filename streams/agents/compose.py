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
from streams.adapters.sql.package_records import SqlSpells
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import require_current
from streams.adapters.sql.trials import SqlTrials
from streams.adapters.sql.webhooks import SqlWebhooks
from streams.adapters.storage.store_check import StoreCheck
from streams.adapters.time_authority import HttpTimeAuthority, Rfc3161Check, roots_of
from streams.adapters.webhook_post import WebhookPost
from streams.agents import services, worker
from streams.agents.health import Health
from streams.agents.probe import Probe
from streams.agents.runtime import Runtime
from streams.agents.uptime_log import Spells
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
    """Attach the reading of evidence and outcomes, and the relay of the outbox."""
    settings = runtime.settings
    topics.require(await topics.check(settings))
    engine = open_engine(settings.database_url)
    stack.callback(engine.dispose)
    database = Database(settings, runtime.metrics)
    health.watch("database", database.away)
    await database.call("start", lambda: _prepare(engine, settings))
    procedure = procedure_of(settings.procedure)
    key = settings.audit_key.get_secret_value().encode() if settings.audit_key else None
    identity = identity_of(settings)
    pseudonym_keys = [] if identity is None else [*identity.pseudonym_keys.values()]
    store = SqlDecisionStore(engine, key, procedure, usable, pseudonym_keys)
    if identity is not None:
        _attach_credit(runtime, engine, identity, database)
        services.attend(runtime, Revocations(Credit(SqlCredit(engine), identity), database).run(), stack)
    judging = counting_failures(judge, runtime.metrics)
    _attach_decide(runtime, decide.Decide(store, SqlFollowUps(engine), judging, database, runtime.metrics))
    owner = f"{settings.instance or socket.gethostname()}-{os.getpid()}"
    keep_ms = settings.outbox_keep_days * DAY_MS
    metrics = runtime.metrics
    outbox = SqlOutbox(engine)
    lease = RelayLease(outbox, database, owner)
    relay = Relay(outbox, database, runtime.sender, lease, metrics, keep_ms=keep_ms, tracer=runtime.tracer)
    watch = PolicyWatch(
        PolicyStore(engine).active, database, usable, metrics.policy_unusable.set, metrics.policy_changes.inc
    )
    timers = Timers(SqlCaseDatabase(engine), database, runtime.metrics, procedure=procedure)
    sealing = _sealing(settings, engine, database, runtime.metrics)
    shadows = _shadows(engine, settings)
    purging = Purging(SqlKeptEvidence(engine).purge, database, settings.kept_evidence_days * DAY_MS)
    queue = QueueWatch(SqlQuality(engine), database, runtime.metrics)
    spells = Spells(
        store=SqlSpells(engine),
        calls=database,
        worker=owner,
        version=program_version(),
        settings=settings,
        unready=health.unready,
        dead_letters=runtime.metrics.dead_letters_written,
    )
    stack.push_async_callback(spells.end)
    beside = (
        relay.run(),
        watch.run(),
        timers.run(),
        queue.run(),
        sealing.run(),
        purging.run(),
        shadows.run(),
        _webhooks(engine, settings, metrics).run(),
        spells.run(),
    )
    for service in beside:
        services.attend(runtime, service, stack)


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
    given = settings.audit_key
    key = given.get_secret_value().encode() if given else audit_key(engine, now_ms())
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


def _attach_decide(runtime: Runtime, handler: decide.Decide) -> None:
    batch = runtime.settings.batch
    runtime.read(EVIDENCE, handler.decide, Shape(workers=1, batch=batch, room=DECIDE_QUEUE))
    runtime.read(OUTCOMES, handler.take_up, Shape(workers=1, batch=batch, room=DECIDE_QUEUE))


def _attach_credit(runtime: Runtime, engine: Engine, identity: Identity, database: Database) -> None:
    store = SqlCredit(engine)

    def receive(signals: Sequence[CreditSignal]) -> Sequence[str | None]:
        return store.receive(signals, identity.issuer, now_ms())

    intake = CreditIntake(receive, database, runtime.metrics)
    runtime.read(CREDIT_SIGNALS, intake.take_up, Shape(workers=1, batch=runtime.settings.batch, room=DECIDE_QUEUE))


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
