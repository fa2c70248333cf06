"""Composition: which adapters the worker is made of that turns requests into evidence."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

from schemas.topics import CASE_EVIDENCE, CATALOGUE, REQUESTS, SIGHTINGS
from streams.adapters.kafka import topics
from streams.adapters.kafka.replica import Replica
from streams.adapters.photos.pool_examiner import PoolExaminer
from streams.adapters.storage.store_check import StoreCheck
from streams.agents import services
from streams.agents.health import Health
from streams.agents.probe import Probe
from streams.agents.runtime import Runtime
from streams.agents.topic_watch import TopicWatch
from streams.delivery.stage import Shape
from streams.enrich import handler as enrich
from streams.enrich.catalogue import Catalogue
from streams.enrich.catalogue_references import CatalogueReferences
from streams.enrich.earlier_photos import EarlierPhotos
from streams.enrich.gathering import Gatherer
from streams.enrich.published_once import PublishedOnce
from streams.enrich.retried_examiner import RetriedExaminer
from streams.metrics import Metrics
from streams.ports import Examiner, SightingLog


async def build_enrich(runtime: Runtime, health: Health, stack: AsyncExitStack) -> None:
    """Attach the reading of requests and the catalogue: photo processes and the replica of earlier photos."""
    settings = runtime.settings
    stores = StoreCheck(settings)
    for part, ask in (("media store", stores.media), ("evidence store", stores.evidence)):
        probe = Probe(partial(asyncio.to_thread, ask))
        health.watch(part, probe.away)
        services.attend(runtime, probe.run(), stack)
    watch = TopicWatch(await topics.ready(settings), partial(topics.check, settings), runtime.metrics)
    examiner = PoolExaminer(settings, runtime.metrics)
    stack.callback(examiner.stop)
    examiner.start()
    replica = Replica(settings, runtime.sender.send, runtime.metrics)
    stack.push_async_callback(replica.stop)
    health.watch("replica", replica.behind)
    await replica.start()
    for service in (replica.run(), replica.end.watch(), services.begin_anew_with(SIGHTINGS, runtime), watch.run()):
        services.attend(runtime, service, stack)
    await asyncio.gather(replica.caught_up(), examiner.try_out())  # or a request would not be looked at
    retried = RetriedExaminer(examiner, settings.store_limit_s)
    health.watch("photos", retried.away)
    _attach_enrich(runtime, _enrich(retried, replica, runtime.metrics))


def _enrich(examiner: Examiner, log: SightingLog, metrics: Metrics) -> enrich.Enrich:
    claims = PublishedOnce(log)
    gatherer = Gatherer(examiner, EarlierPhotos(claims, examiner), CatalogueReferences(claims, examiner))
    return enrich.Enrich(gatherer, Catalogue(examiner, log), metrics)


def _attach_enrich(runtime: Runtime, handler: enrich.Enrich) -> None:
    side_by_side = Shape(workers=runtime.settings.admitted, batch=1, room=runtime.settings.admitted)
    runtime.read(REQUESTS, handler.enrich, side_by_side)
    runtime.read(CATALOGUE, handler.register, side_by_side)
    runtime.read(CASE_EVIDENCE, handler.look_further, side_by_side)
