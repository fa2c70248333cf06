"""Where a claim photo stands in the log of earlier photos, asked for twice in a row; on both brokers."""

import random

import pytest

from streams.enrich import published_once
from streams.enrich.published_once import PublishedOnce
from streams.settings import Settings
from tests.contract import test_replica
from tests.contract.test_replica import a_replica
from tests.unit.sightings.sightings import a_claim_sighting

settings = test_replica.settings


async def test_claim_photos_stand_once_where_they_stood_in_whatever_order_they_are_asked_for(
    settings: Settings,
) -> None:
    claims = [a_claim_sighting(number, number) for number in range(3)]
    asked = random.choices(range(3), k=12)  # noqa: S311 - a test's data, no secret
    async with a_replica(settings) as replica:
        log = PublishedOnce(replica)
        first = [await log.publish(claim) for claim in claims]

        assert first == [0, 1, 2]
        assert [await log.publish(claims[number]) for number in asked] == asked
        assert await replica.end.now() == len(claims)


async def test_of_a_photo_that_is_forgotten_the_log_is_asked_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_once, "REMEMBERED", 2)
    claims = [a_claim_sighting(number, number) for number in range(4)]
    async with a_replica(settings) as replica:
        log = PublishedOnce(replica)
        first = [await log.publish(claim) for claim in claims]

        assert len(log._places) == 2
        assert [await log.publish(claim) for claim in claims] == first
        assert await replica.end.now() == len(claims)
