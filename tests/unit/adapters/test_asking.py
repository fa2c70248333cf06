"""What Kafka cannot say yet is asked again within a limit, and what it refuses is not, whatever is asked of it."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    GroupLoadInProgressError,
    KafkaConnectionError,
    RequestTimedOutError,
    TopicAlreadyExistsError,
    UnknownMemberIdError,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.protocol.commit import OffsetFetchRequest
from hypothesis import given
from hypothesis import strategies as st

from schemas.topics import DECISIONS, EVIDENCE, REQUESTS, Topic
from streams.adapters.kafka import asking, leaving, topics
from streams.adapters.kafka.asking import answered
from streams.errors import BrokerRefused, BrokerUnavailable, OperatorError
from tests.real import topics as real

PASSING = [code for code in range(120) if for_code(code).retriable]
passing = st.lists(st.sampled_from(PASSING), min_size=1, max_size=6)
UNKNOWN = UnknownTopicOrPartitionError.errno
TIMED_OUT = RequestTimedOutError.errno


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PAUSE_S", 0)


def code_of(draws: list[int]) -> int:
    """Return the next code that was drawn, and no error once all were given."""
    return draws.pop(0) if draws else 0


class Cluster:
    """aiokafka's administration client of a cluster that answers each kind of question with the codes drawn for it."""

    def __init__(self, codes: Sequence[int] = (), there: Sequence[Topic] = ()) -> None:
        self.codes = list(codes)
        self.there = {topic.name for topic in there}
        self.made: list[str] = []
        self.members_gone = False
        self.looked_for_controller = 0
        self._client = SimpleNamespace(force_metadata_update=self._look)

    def _look(self) -> None:
        self.looked_for_controller += 1

    async def find_coordinator(self, group: str) -> int:
        if code := code_of(self.codes):
            raise for_code(code)(group)
        return 1

    async def _send_request(self, request: object, _: int | None = None) -> Any:
        whole, one = code_of(self.codes), code_of(self.codes)
        if isinstance(request, OffsetFetchRequest):
            offset = -1 if whole or one else 5
            return SimpleNamespace(error_code=whole, topics=[(REQUESTS.name, [(0, offset, "", one), (1, -1, "", 0)])])
        self.members_gone = not whole and not one
        return SimpleNamespace(error_code=whole, members=[("m", None, one)])

    async def describe_cluster(self) -> dict[str, Any]:
        return {"brokers": [1]}

    async def describe_topics(self) -> list[dict[str, Any]]:
        code = code_of(self.codes)
        partitions = [{"replicas": [1]}] * 12
        return [{"topic": name, "partitions": partitions, "error_code": code} for name in sorted(self.there)]

    async def describe_configs(self, resources: Sequence[Any]) -> list[Any]:
        return [SimpleNamespace(resources=[(code_of(self.codes), "", 2, one.name, []) for one in resources])]

    async def create_topics(self, asked: Sequence[Any]) -> Any:
        codes = {topic.name: code_of(self.codes) for topic in asked}
        for name, code in codes.items():
            if code == 0 and name in self.there:
                codes[name] = TopicAlreadyExistsError.errno
            elif code == 0:
                self.there.add(name)
                self.made.append(name)
        return SimpleNamespace(topic_errors=[(name, code, None) for name, code in codes.items()])

    async def delete_topics(self, names: Sequence[str]) -> Any:
        codes = {name: code_of(self.codes) if name in self.there else UNKNOWN for name in names}
        self.there -= {name for name, code in codes.items() if code == 0}
        return SimpleNamespace(topic_error_codes=list(codes.items()))

    async def list_consumer_groups(self) -> list[tuple[str, str]]:
        if code := code_of(self.codes):
            raise for_code(code)(code)
        return [("readers", "consumer")]

    async def describe_consumer_groups(self, names: Sequence[str]) -> list[Any]:
        code = code_of(self.codes)
        members = [] if code or self.members_gone else [("m", "client", "host", b"", b"")]
        return [SimpleNamespace(groups=[(code, name, "Stable", "consumer", "", members) for name in names])]

    async def alter_configs(self, resources: Sequence[Any]) -> list[Any]:
        return [SimpleNamespace(resources=[(code_of(self.codes), "", 2, one.name) for one in resources])]


@given(codes=passing)
async def test_a_member_is_taken_out_once_its_coordinator_can(codes: list[int]) -> None:
    client: Any = Cluster(codes)
    assert await leaving.remove(client, "readers", [("", "one")]) == set()
    assert not client.codes


@pytest.mark.parametrize("code", [UnknownMemberIdError.errno, GroupAuthorizationFailedError.errno])
async def test_what_does_not_pass_is_an_answer(code: int) -> None:
    client: Any = Cluster([0, code, 0])
    assert await leaving.remove(client, "readers", [("", "one")]) == {code}


@given(codes=passing)
async def test_topics_are_shown_once_every_broker_knows_them(codes: list[int]) -> None:
    client: Any = Cluster(codes, [REQUESTS, EVIDENCE])
    states = await topics._states(client, [REQUESTS, EVIDENCE, DECISIONS])
    assert [state.partitions for state in states] == [12, 12, 0]
    assert not client.codes


@given(codes=passing)
async def test_tests_learn_of_groups_and_what_they_committed_once_that_is_loaded(codes: list[int]) -> None:
    client: Any = Cluster(codes)
    assert await real._groups(client) == ["readers"]
    client.codes = list(codes)
    assert await real._committed(client, "readers") == {TopicPartition(REQUESTS.name, 0): 5}
    client.codes = list(codes)
    await real._empty(client, "readers")
    assert client.members_gone
    assert not client.codes


@given(codes=st.lists(st.sampled_from([0, *set(PASSING) - {UNKNOWN}]), min_size=1, max_size=6))
async def test_tests_delete_each_topic_whichever_of_them_was_not_deleted_at_first(codes: list[int]) -> None:
    client: Any = Cluster(codes, [REQUESTS, EVIDENCE])
    await real._delete(client, {REQUESTS.name, EVIDENCE.name, DECISIONS.name})
    assert not client.there


@given(codes=st.lists(st.sampled_from([0, *PASSING]), min_size=1, max_size=9))
async def test_each_topic_is_made_once_whichever_of_them_was_not_made_at_first(codes: list[int]) -> None:
    client: Any = Cluster(codes, [EVIDENCE])
    wanted = [REQUESTS, EVIDENCE, DECISIONS]
    assert sorted(await topics._create(client, wanted, 1)) == sorted([REQUESTS.name, DECISIONS.name])
    assert sorted(client.made) == sorted([REQUESTS.name, DECISIONS.name])


async def test_who_controls_the_cluster_is_looked_up_where_it_is_another() -> None:
    client: Any = Cluster([41])
    assert await topics._create(client, [REQUESTS], 1) == [REQUESTS.name]
    assert client.looked_for_controller == 1


async def test_a_topic_that_may_not_be_made_is_said_at_once() -> None:
    client: Any = Cluster([ClusterAuthorizationFailedError.errno])
    with pytest.raises(OperatorError, match=f"refused to make the topic {REQUESTS.name}"):
        await topics._create(client, [REQUESTS], 1)


def refusing(error: Exception, times: int) -> Callable[[], Any]:
    left = [error] * times

    async def ask() -> str:
        if left:
            raise left.pop()
        return "said"

    return ask


@given(code=st.sampled_from([code for code in PASSING if code != TIMED_OUT]))
async def test_the_limit_is_said_in_words_with_what_was_asked_and_what_kafka_said(code: int) -> None:
    with pytest.raises(BrokerUnavailable) as raised:
        await answered("list the groups", refusing(for_code(code)("they are loading"), 2), limit_s=0)
    said = f"Kafka answers, but could not list the groups within 0 s ([Error {code}] "
    assert str(raised.value).startswith(said)
    assert str(raised.value).endswith("they are loading): try again")


@pytest.mark.parametrize("error", [KafkaConnectionError("gone"), RequestTimedOutError()])
async def test_silence_stays_the_error_that_it_is_for_whoever_finds_out_why(error: Exception) -> None:
    assert await answered("list the groups", refusing(error, 3)) == "said"
    with pytest.raises(type(error)):
        await answered("list the groups", refusing(error, 3), limit_s=0)


@pytest.mark.parametrize("error", [GroupAuthorizationFailedError(), BrokerRefused("no"), ValueError()])
async def test_what_never_passes_is_not_asked_again(error: Exception) -> None:
    with pytest.raises(type(error)):
        await answered("list the groups", refusing(error, 1))


async def test_it_ends_with_the_first_answer() -> None:
    ask = refusing(GroupLoadInProgressError(), 3)
    assert await answered("list the groups", ask) == "said"
