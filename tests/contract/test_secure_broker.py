"""Topics over SASL and TLS: the connection that production uses."""

from collections.abc import Iterator

import pytest

from schemas.topics import TOPICS
from streams.adapters.kafka import topics
from streams.errors import BrokerUnavailable
from streams.settings import Settings
from tests.real import parts
from tests.real.secure_kafka import MECHANISM, PASSWORD, USER, SecureKafka

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def broker() -> Iterator[SecureKafka]:
    parts.need("Apache Kafka")
    kafka = SecureKafka()
    try:
        kafka.start()
        yield kafka
    finally:
        kafka.remove()


def settings_for(broker: SecureKafka, **changes: object) -> Settings:
    given: dict[str, object] = {
        "broker": broker.address,
        "broker_security": "sasl_ssl",
        "broker_ca_file": broker.ca_file,
        "broker_mechanism": MECHANISM,
        "broker_user": USER,
        "broker_password": PASSWORD,
    }
    return Settings.model_validate(given | changes)


async def test_topics_are_made_and_checked_by_name_and_password_over_tls(broker: SecureKafka) -> None:
    settings = settings_for(broker)
    await topics.create(settings)
    assert [state.state for state in await topics.check(settings)] == ["exists"] * len(TOPICS)


async def test_a_wrong_password_is_refused(broker: SecureKafka) -> None:
    with pytest.raises(BrokerUnavailable):
        await topics.check(settings_for(broker, broker_password="wrong"))  # noqa: S106 - that is the point


async def test_a_certificate_that_nobody_vouches_for_is_refused(broker: SecureKafka) -> None:
    with pytest.raises(BrokerUnavailable):
        await topics.check(settings_for(broker, broker_ca_file=None))
