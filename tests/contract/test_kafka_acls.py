"""The list of rights in Kafka is enough for workers and operators, and no more than they need; a real Kafka."""

import asyncio
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest

import deploy
from schemas.codec import encode
from schemas.topics import DEAD_LETTERS, DECISIONS, EVIDENCE, REQUESTS, TOPICS
from streams.adapters.kafka import topics as topics_command
from streams.adapters.kafka.clients import producer
from streams.settings import Settings
from tests.command_line import run
from tests.faults.scene import Scene, Sqlite, set_scene
from tests.integration.asking import Platform, a_claim
from tests.integration.readiness import says
from tests.photos import a_picture, jpeg
from tests.real import parts, topics
from tests.real.secure_kafka import MECHANISM, PASSWORD, SecureKafka

KAFKA = Path(deploy.__file__).parent / "kafka"
LINES = [line for line in (KAFKA / "acls.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
WORKERS = ("enrich", "decide", "relay")
USERS = ("refund-sentinel", "refund-sentinel-operator")


class AskingKafka(SecureKafka):
    """A Kafka that knows who may do what; tests themselves come in by the listener that asks nobody."""

    def __init__(self) -> None:
        super().__init__()
        further = (self.folder / "further.properties").read_text()
        self.configure(
            f"{further}\nauthorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
            "super.users=User:sentinel;User:ANONYMOUS\n"
        )

    @property
    def address(self) -> str:
        return self.address_of("plaintext")

    def as_user(self, name: str) -> dict[str, str]:
        """Return the settings of a program that comes in by name and password."""
        return {
            "SENTINEL_BROKER": self.address_of("sasl_ssl"),
            "SENTINEL_BROKER_SECURITY": "sasl_ssl",
            "SENTINEL_BROKER_CA_FILE": str(self.ca_file),
            "SENTINEL_BROKER_MECHANISM": MECHANISM,
            "SENTINEL_BROKER_USER": name,
            "SENTINEL_BROKER_PASSWORD": PASSWORD,
        }

    def tool(self, program: str, *arguments: str) -> None:
        """Run one of Kafka's own command-line programs."""
        at = ("--bootstrap-server", self.address.removeprefix("kafka://"))
        java = ("java", "-XX:TieredStopAtLevel=1", "-cp", f"{KAFKA / 'libs'}/*", program)
        subprocess.run([*java, *at, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def kafka() -> Iterator[AskingKafka]:
    parts.need("Apache Kafka")
    broker = AskingKafka()
    try:
        broker.start()
        for user in USERS:
            entity = ("--entity-type", "users", "--entity-name", user)
            broker.tool(
                "kafka.admin.ConfigCommand", "--alter", *entity, "--add-config", f"{MECHANISM}=[password={PASSWORD}]"
            )
        for line in LINES:
            broker.tool("org.apache.kafka.tools.AclCommand", "--add", *shlex.split(line))
        yield broker
    finally:
        broker.remove()


def settings_of(variables: Mapping[str, str]) -> Settings:
    return Settings.model_validate({name.removeprefix("SENTINEL_").lower(): said for name, said in variables.items()})


@pytest.mark.parametrize(("operation", "of"), [("Read", "read_by"), ("Write", "written_by")])
def test_workers_may_read_and_write_what_the_contract_says_and_nothing_else(operation: str, of: str) -> None:
    given = {
        name
        for line in LINES
        if "User:refund-sentinel " in line and f"--operation {operation} " in line
        for name in re.findall(r"--topic (\S+)", line)
    }

    assert given == {topic.name for topic in TOPICS if set(getattr(topic, of)) & set(WORKERS)}


@pytest.mark.kafka
async def test_workers_decide_and_bury_under_the_list_and_may_do_nothing_else(
    kafka: AskingKafka, tmp_path: Path
) -> None:
    settings = kafka.as_user(USERS[0]) | {"SENTINEL_SESSION_TIMEOUT_S": "300"}  # who ended is remembered until then
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path, settings=settings) as scene:
        scene.fleet.start("enrich")
        scene.fleet.start("decide")
        platform = Platform(kafka.address, scene.media)
        photo = platform.photo("claims/a.jpg", jpeg(a_picture(1, 320, 240)))
        await platform.send([b"not JSON"])
        await platform.ask(a_claim("allowed", photo))

        async def buried() -> bool:
            return bool(await topics.read_all(kafka.address, DEAD_LETTERS.name))

        await topics.until(buried)
        assert scene.fleet.ends() == 0
        await operators_may_do_their_work(kafka, scene, tmp_path)

    worker = settings_of(kafka.as_user(USERS[0]))
    async with producer(worker) as send:
        await (await send.send(EVIDENCE.name, b"may be written"))
        with pytest.raises(Exception, match="TopicAuthorizationFailed"):
            await (await send.send(REQUESTS.name, b"may only be read"))


async def operators_may_do_their_work(kafka: AskingKafka, scene: Scene, folder: Path) -> None:
    """Run what the list names for operators, beside workers that have a letter buried and a request decided."""
    (folder / "more.jsonl").write_bytes(encode(a_claim("submitted", None)))
    (enrich,) = scene.fleet.workers("enrich")
    enrich.end(signal.SIGTERM)
    variables = kafka.as_user(USERS[1]) | {
        "SENTINEL_DATABASE_URL": scene.database.url,
        "SENTINEL_MEDIA_URL": scene.media.as_uri(),
        "SENTINEL_DATA_DIR": str(enrich.home),  # where the photo is to be found no more
    }
    given = {name.removeprefix("SENTINEL_").lower(): said for name, said in variables.items()}
    for command in (
        ("dlq", "list", "--json"),
        ("dlq", "replay", "--all", "--json"),
        ("submit", str(folder / "more.jsonl")),
        ("erase", "--person", "b-allowed", "--also-open-cases", "--by", "o", "--note", "asked", "--yes", "--json"),
        ("worker", "leave", enrich.name),
    ):
        done = await asyncio.to_thread(run, *command, settings=given)
        assert (done.status, done.error) == (0, ""), command


@pytest.mark.kafka
async def test_a_right_that_is_taken_away_is_named_by_whoever_had_it(kafka: AskingKafka, tmp_path: Path) -> None:
    right = ("--allow-principal", f"User:{USERS[0]}", "--operation", "Read", "--operation", "DescribeConfigs")
    change = partial(kafka.tool, "org.apache.kafka.tools.AclCommand")
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path, settings=kafka.as_user(USERS[0])) as scene:
        scene.fleet.start("enrich")
        (enrich,) = scene.fleet.workers("enrich")
        await says(enrich, "ok")
        await asyncio.to_thread(change, "--remove", "--force", *right, "--topic", REQUESTS.name)
        try:
            for words in (f"grant it to {USERS[0]}", f"grant {USERS[0]} to read them"):  # it ends, and starts again

                async def said(words: str = words) -> bool:
                    return words in enrich.log.read_text()

                await topics.until(said)
        finally:
            await asyncio.to_thread(change, "--add", *right, "--topic", REQUESTS.name)
        await says(enrich, "ok")


@pytest.mark.kafka
async def test_operators_make_the_topics_under_the_list_and_workers_do_not(kafka: AskingKafka) -> None:
    await topics.delete_all(kafka.address)

    with pytest.raises(Exception, match=r"(?i)authoriz|refuse"):
        await topics_command.create(settings_of(kafka.as_user(USERS[0])))
    await topics_command.create(settings_of(kafka.as_user(USERS[1])))
    found = await topics_command.check(settings_of(kafka.as_user(USERS[1])))
    assert {topic.state for topic in found} == {"exists"}
    assert DECISIONS.name in {topic.topic for topic in found}
