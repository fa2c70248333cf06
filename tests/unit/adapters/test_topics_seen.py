"""What a member makes of the topics that it sees: gone, made anew, grown, or only not known yet."""

import pytest
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment

from streams.adapters.kafka.topic_identity import TopicIdentity
from streams.adapters.kafka.topics_seen import Assignor, TopicsSeen

ONE, OTHER = "refund.requests.v1", "catalogue.photos.v1"


def topics(**changes: TopicIdentity | None) -> dict[str, TopicIdentity]:
    """Return both topics as they are; ``one`` and ``other`` are other ones, or None where there is none."""
    found = {ONE: changes.get("one", TopicIdentity("a", 12)), OTHER: changes.get("other", TopicIdentity("b", 12))}
    return {name: topic for name, topic in found.items() if topic is not None}


@pytest.fixture
def seen() -> TopicsSeen:
    seen = TopicsSeen([ONE, OTHER])
    seen.take(topics(), ())
    return seen


def test_what_stays_as_it_was_is_no_change(seen: TopicsSeen) -> None:
    assert not seen.take(topics(), [ONE, OTHER])
    assert (seen.missing(), seen.made_anew) == ([], set())


def test_a_topic_is_gone_once_it_was_missed_twice(seen: TopicsSeen) -> None:
    assert not seen.take(topics(one=None), [ONE])
    assert seen.missing() == []
    assert seen.take(topics(one=None), [ONE])
    assert seen.missing() == [ONE]


def test_a_broker_that_has_just_come_back_and_knows_no_topic_yet_changes_nothing(seen: TopicsSeen) -> None:
    for shown in ({}, topics(), {}, topics()):
        assert not seen.take(shown, [ONE, OTHER])
    assert (seen.missing(), seen.made_anew) == ([], set())


def test_a_topic_that_was_gone_for_long_and_is_the_same_again_was_not_made_anew(seen: TopicsSeen) -> None:
    for shown in ({}, {}, topics()):
        seen.take(shown, [ONE])
    assert (seen.missing(), seen.made_anew) == ([], set())


@pytest.mark.parametrize("between", [0, 1, 2, 5])
def test_a_topic_that_was_made_anew_is_another_however_long_it_was_gone(seen: TopicsSeen, between: int) -> None:
    for _ in range(between):
        seen.take(topics(one=None), [ONE])
    assert seen.take(topics(one=TopicIdentity("c", 12)), [ONE])
    assert seen.made_anew == {ONE}


def test_partitions_that_were_added_are_a_change_and_no_other_topic(seen: TopicsSeen) -> None:
    assert seen.take(topics(one=TopicIdentity("a", 14)), [ONE])
    assert not seen.take(topics(one=TopicIdentity("a", 14)), [ONE])
    assert seen.made_anew == set()


def test_what_is_only_written_is_no_reason_to_join_again(seen: TopicsSeen) -> None:
    assert not seen.take(topics(other=TopicIdentity("c", 12)), [ONE])
    assert seen.made_anew == {OTHER}


def test_members_that_saw_the_same_ask_to_join_alike() -> None:
    one, another = TopicsSeen([ONE, OTHER]), TopicsSeen([OTHER, ONE])
    one.take(topics(), ())
    another.take(topics(), ())
    assert one.print_of([ONE, OTHER]) == another.print_of([OTHER, ONE])
    another.take(topics(one=TopicIdentity("a", 13)), ())
    assert one.print_of([ONE]) != another.print_of([ONE])
    assert one.print_of([OTHER]) == another.print_of([OTHER])


def dealt_by(leader: TopicsSeen, member: TopicsSeen) -> list[tuple[str, list[int]]]:
    """Return what ``member`` is given, and let it know."""
    (given,) = Assignor(leader).assign(None, {"m": Assignor(member).metadata([ONE, OTHER])}).values()
    Assignor(member).on_assignment(given)
    return list(given.assignment)


def test_partitions_are_dealt_out_of_the_topics_that_were_seen(seen: TopicsSeen) -> None:
    assert dealt_by(seen, seen) == [(OTHER, list(range(12))), (ONE, list(range(12)))]
    assert not seen.asks_again([ONE, OTHER])


def test_a_member_that_is_given_what_was_dealt_out_by_other_topics_asks_once_in_another_way(seen: TopicsSeen) -> None:
    before = TopicsSeen([ONE, OTHER])
    before.take(topics(one=None), ())
    before.take(topics(one=None), ())
    first = Assignor(seen).metadata([ONE, OTHER]).user_data

    dealt_by(before, seen)

    assert seen.asks_again([ONE, OTHER])
    assert not seen.asks_again([ONE, OTHER])
    assert Assignor(seen).metadata([ONE, OTHER]).user_data != first


def test_a_member_asks_as_before_once_it_was_dealt_out_by_what_it_sees(seen: TopicsSeen) -> None:
    first = Assignor(seen).metadata([ONE, OTHER]).user_data
    seen.dealt(b"other")
    dealt_by(seen, seen)
    assert Assignor(seen).metadata([ONE, OTHER]).user_data == first


def test_a_leader_that_says_nothing_of_what_it_saw_is_not_asked_again(seen: TopicsSeen) -> None:
    seen.dealt(b"")
    assert not seen.asks_again([ONE, OTHER])


@pytest.mark.parametrize("said", [b"", None])
def test_another_program_that_leads_the_group_and_says_nothing_is_no_reason_to_join_again(
    seen: TopicsSeen, said: bytes | None
) -> None:
    dealt = ConsumerProtocolMemberAssignment(0, [(ONE, [3])], said)
    first = Assignor(seen).metadata([ONE]).user_data

    Assignor(seen).on_assignment(ConsumerProtocolMemberAssignment.decode(dealt.encode()))

    assert not seen.asks_again([ONE])
    assert Assignor(seen).metadata([ONE]).user_data == first


@pytest.mark.parametrize("gone", [False, True], ids=["the new one is there", "the new one is gone too"])
def test_a_broker_that_has_not_heard_of_the_topic_that_was_made_anew_is_not_believed(
    seen: TopicsSeen, *, gone: bool
) -> None:
    seen.take(topics(one=TopicIdentity("c", 12)), [ONE])
    for _ in range(2 * gone):
        seen.take(topics(one=None), [ONE])
    behind = seen.not_behind(topics(one=TopicIdentity("a", 12)))
    assert behind == topics(one=None if gone else TopicIdentity("c", 12))
    assert seen.not_behind(topics(one=TopicIdentity("d", 12))) == topics(one=TopicIdentity("d", 12))
