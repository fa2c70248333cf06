"""The main path once on the embedded broker, as the demo uses it."""

import asyncio
from pathlib import Path

import pytest

from streams.adapters.kafka.embedded_broker import EmbeddedBroker
from streams.adapters.sql.schema import upgrade
from tests.faults.fleet import Fleet
from tests.integration.asking import Platform, a_claim, codes
from tests.photos import a_picture, jpeg, stained
from tests.real import parts, topics

pytestmark = pytest.mark.tansu


async def test_requests_are_decided_on_the_embedded_broker(tmp_path: Path) -> None:
    parts.need("Tansu")
    broker = EmbeddedBroker()
    broker.start()
    try:
        await topics.create_all(broker.address)
        database = f"sqlite:///{tmp_path / 'sentinel.db'}"
        await asyncio.to_thread(upgrade, database)
        platform = Platform(broker.address, tmp_path / "media")
        listed = platform.photo("goods/cup.jpg", jpeg(a_picture(1, 640, 480)))
        forged = platform.photo("claims/forged.jpg", jpeg(stained(a_picture(1, 640, 480))))
        honest = platform.photo("claims/honest.jpg", jpeg(a_picture(2, 640, 480)))
        settings = {
            "SENTINEL_BROKER": broker.address,
            "SENTINEL_DATABASE_URL": database,
            "SENTINEL_MEDIA_URL": platform.media.as_uri(),
            "SENTINEL_AUDIT_KEY": "a key for tests",
        }
        with Fleet(settings) as fleet:
            fleet.start("enrich")
            fleet.start("decide")
            (bad,) = await platform.send([b"not JSON"])
            requests = [a_claim("forged", forged, listed), a_claim("honest", honest, listed)]
            of_forged, of_honest = await platform.ask(*requests)
            (again,) = await platform.ask(a_claim("again", honest, listed))
            (letter,) = await platform.letters(bad)
    finally:
        broker.stop()

    assert (of_forged.verdict, "DERIVED_AND_ALTERED" in codes(of_forged)) == ("REVIEW", True)
    assert (of_honest.verdict, codes(of_honest)) == ("CLEAR", set())
    assert codes(again) == {"USED_BEFORE"}
    assert letter.error.class_ == "ContractError"
