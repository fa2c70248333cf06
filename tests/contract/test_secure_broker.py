"""Topics over SASL and TLS: the connection that production uses."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.topics import TOPICS
from streams.adapters.kafka import topics
from streams.errors import BrokerRefused, BrokerUnavailable
from streams.settings import Settings
from tests.real import parts
from tests.real.kafka import free_ports
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


def settings_for(kafka: SecureKafka, /, **changes: object) -> Settings:
    given: dict[str, object] = {
        "broker": kafka.address,
        "broker_security": "sasl_ssl",
        "broker_ca_file": kafka.ca_file,
        "broker_mechanism": MECHANISM,
        "broker_user": USER,
        "broker_password": PASSWORD,
    }
    return Settings.model_validate(given | changes)


async def test_topics_are_made_and_checked_by_name_and_password_over_tls(broker: SecureKafka) -> None:
    settings = settings_for(broker)
    await topics.create(settings)
    assert [state.state for state in await topics.check(settings)] == ["exists"] * len(TOPICS)


WRONG = "not-the-password"
WAYS = ("plaintext", "ssl", "sasl_plaintext", "sasl_ssl")


def what_is_wrong(listener: str, asked: str) -> str:
    """Return a part of what is said when a client takes a listener of one kind for one of another."""
    if listener.endswith("ssl") != asked.endswith("ssl"):
        return "speaks TLS: " if listener.endswith("ssl") else "speaks no TLS: "
    return (
        "asks for a user and a password (SCRAM-SHA-512): " if "sasl" in listener else "asks for no user and password: "
    )


@pytest.mark.parametrize(("listener", "asked"), [(one, other) for one in WAYS for other in WAYS if one != other])
async def test_a_listener_that_is_taken_for_another_kind_is_named_as_what_it_is(
    broker: SecureKafka, listener: str, asked: str
) -> None:
    settings = settings_for(broker, broker=broker.address_of(listener), broker_security=asked)

    with pytest.raises(BrokerRefused) as refused:
        await topics.check(settings)

    assert what_is_wrong(listener, asked) in str(refused.value)
    assert f"SENTINEL_BROKER_SECURITY, now {asked}" in str(refused.value)


@pytest.mark.parametrize("listener", WAYS)
async def test_a_listener_that_is_taken_for_what_it_is_answers(broker: SecureKafka, listener: str) -> None:
    await topics.check(settings_for(broker, broker=broker.address_of(listener), broker_security=listener))


@pytest.mark.parametrize("listener", ["sasl_plaintext", "sasl_ssl"])
@pytest.mark.parametrize("wrong", [{"broker_password": "wrong"}, {"broker_user": "nobody"}], ids=["password", "user"])
async def test_a_wrong_user_or_password_is_named_as_such(
    broker: SecureKafka, listener: str, wrong: dict[str, str]
) -> None:
    settings = settings_for(broker, broker=broker.address_of(listener), broker_security=listener, **wrong)

    with pytest.raises(BrokerRefused, match=rf"refuses the user {settings.broker_user} or its password: .*_PASSWORD"):
        await topics.check(settings)


async def test_a_mechanism_that_the_broker_does_not_take_is_named_with_those_that_it_takes(broker: SecureKafka) -> None:
    with pytest.raises(BrokerRefused, match=r"does not take PLAIN: .*SENTINEL_BROKER_MECHANISM.*SCRAM-SHA-512"):
        await topics.check(settings_for(broker, broker_mechanism="PLAIN"))


async def test_a_certificate_that_nobody_vouches_for_is_refused(broker: SecureKafka) -> None:
    with pytest.raises(BrokerRefused, match=r"not trusted \(self-signed certificate\): set SENTINEL_BROKER_CA_FILE"):
        await topics.check(settings_for(broker, broker_ca_file=None))


async def test_a_broker_that_is_away_does_not_answer(broker: SecureKafka) -> None:
    with pytest.raises(BrokerUnavailable, match="does not answer"):
        await topics.check(settings_for(broker, broker=f"kafka://127.0.0.1:{free_ports(1)}"))


def test_a_worker_whose_password_is_wrong_ends_as_one_that_a_person_must_mend(
    broker: SecureKafka, tmp_path: Path
) -> None:
    settings = settings_for(broker, data_dir=tmp_path, http_port=0)
    given = {f"SENTINEL_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set}
    given["SENTINEL_BROKER_PASSWORD"] = WRONG
    command = (sys.executable, "-m", "streams.cli", "worker", "decide")
    ended = subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=300)

    said = [json.loads(line) for line in ended.stderr.splitlines()]
    assert ended.returncode == 1
    assert "refuses the user sentinel or its password" in said[-1]["reason"]
    assert WRONG not in ended.stderr
