"""False friends: what people marked as harmless joins nothing, and clears nothing else."""

import pytest

from schemas.records import RefundDecided
from streams.cases.acts import AuditAct
from streams.cases.audit import verify
from streams.errors import OperatorError
from tests.builders import a_medium_evidence, with_changes
from tests.contract.judging import NOW_MS, AJudge, an_earlier_sighting, bytes_of, some_evidence, suspecting
from tests.contract.sql import Database

LIN = AuditAct(by="lin.wei", note="both on a white sheet", at_ms=NOW_MS + 60_000)
ALL = tuple(f"rr-{n}" for n in range(9))


@pytest.fixture
def bridge(database: Database) -> RefundDecided:
    """The case rr-3, whose photo resembles rr-2 by chance: rr-1 and rr-2 are one picture, rr-3 and rr-4 another."""
    judge = suspecting(*ALL)
    database.decide(judge, some_evidence("rr-1"), some_evidence("rr-2", like=("rr-1",)))
    [case] = database.decide(judge, some_evidence("rr-3", like=("rr-2",)))
    database.decide(judge, some_evidence("rr-4", like=("rr-3",)))
    return case


def id_of(decision: RefundDecided) -> str:
    assert decision.case_id is not None
    return decision.case_id


PARTED = {"rr-1": "rr-1", "rr-2": "rr-1", "rr-3": "rr-3", "rr-4": "rr-3"}
TOGETHER = dict.fromkeys(PARTED, "rr-1")


@pytest.mark.parametrize("like", ["rr-2", an_earlier_sighting("rr-2").sighting_id], ids=["request", "sighting"])
def test_a_harmless_pair_parts_what_it_had_joined(database: Database, bridge: RefundDecided, like: str) -> None:
    assert database.clusters() == TOGETHER

    done = database.harmless.mark(id_of(bridge), "c1", LIN, like=like)

    assert database.clusters() == PARTED
    assert [(mark.case_id, mark.marked_by, mark.note) for mark in done.marks] == [
        (bridge.case_id, "lin.wei", "both on a white sheet")
    ]
    [match] = database.file_of(bridge).photo_matches
    assert match.harmless_by == done.marks[0].mark_id
    assert list(database.harmless.marks()) == list(done.marks)


def test_a_pair_may_be_marked_on_the_case_of_either_photo(database: Database, bridge: RefundDecided) -> None:
    [earlier] = [case for case in database.cases.list_cases() if case.request_id == "rr-2"]

    first = database.harmless.mark(earlier.case_id, "c1", LIN, like="rr-3")
    again = database.harmless.mark(id_of(bridge), "c1", LIN, like="rr-2")

    assert database.clusters() == PARTED
    assert (again.repeated, again.marks) == (True, first.marks)


def test_removing_the_mark_joins_them_again(database: Database, bridge: RefundDecided) -> None:
    [mark] = database.harmless.mark(id_of(bridge), "c1", LIN, like="rr-2").marks

    database.harmless.unmark(mark.mark_id, LIN)

    assert database.clusters() == TOGETHER
    assert list(database.harmless.marks()) == []
    file = database.file_of(bridge)
    assert [entry.action for entry in file.audit] == ["CASE_OPENED", "HARMLESS_MARKED", "HARMLESS_UNMARKED"]
    assert verify(file.case.case_id, file.audit) is None
    with pytest.raises(OperatorError, match="there is no mark"):
        database.harmless.unmark(mark.mark_id, LIN)


def test_the_same_two_photos_join_nothing_afterwards(database: Database, bridge: RefundDecided) -> None:
    database.harmless.mark(id_of(bridge), "c1", LIN, like="rr-2")
    again = some_evidence("rr-5", like=("rr-2",))
    same_file = with_changes(again, media=[with_changes(again.media[0], sha256=bytes_of("rr-3"))])
    other_file = some_evidence("rr-6", like=("rr-2",))
    judge = suspecting(*ALL)

    database.decide(judge, same_file, other_file)

    clusters = database.clusters()
    assert (clusters["rr-5"], clusters["rr-6"]) == ("rr-5", "rr-1")
    media = [question.evidence.media[0] for question in judge.asked]
    marks = [
        question.marks.harmless_by(medium, medium.sightings[0])
        for question, medium in zip(judge.asked, media, strict=True)
    ]
    assert [mark is not None for mark in marks] == [True, False]


def test_a_harmless_photo_joins_nothing_beside_whichever(database: Database, bridge: RefundDecided) -> None:
    [mark] = database.harmless.mark(id_of(bridge), "c1", LIN).marks

    database.decide(suspecting(*ALL), some_evidence("rr-5", like=("rr-3",)), some_evidence("rr-6", like=("rr-4",)))

    assert mark.other is None
    assert database.clusters() == {
        "rr-1": "rr-1",
        "rr-2": "rr-1",
        "rr-3": "rr-3",
        "rr-4": "rr-4",
        "rr-5": "rr-5",
        "rr-6": "rr-4",
    }
    database.harmless.unmark(mark.mark_id, LIN)
    assert len(set(database.clusters().values())) == 1


def test_of_two_marks_on_one_resemblance_the_other_still_holds(database: Database, bridge: RefundDecided) -> None:
    [pair] = database.harmless.mark(id_of(bridge), "c1", LIN, like="rr-2").marks
    [photo] = database.harmless.mark(id_of(bridge), "c1", LIN).marks

    database.harmless.unmark(photo.mark_id, LIN)
    assert database.clusters() == {"rr-1": "rr-1", "rr-2": "rr-1"} | dict.fromkeys(("rr-3", "rr-4"), "rr-3")
    database.harmless.unmark(pair.mark_id, LIN)
    assert len(set(database.clusters().values())) == 1


def test_a_mark_says_nothing_of_a_forged_photo(database: Database, bridge: RefundDecided) -> None:
    database.harmless.mark(id_of(bridge), "c1", LIN, like="rr-2")
    [forged] = [case for case in database.cases.list_cases() if case.request_id == "rr-2"]
    database.forgeries.confirm(forged.case_id, LIN, heard=True)
    again = some_evidence("rr-5", like=("rr-2",))
    same_file = with_changes(again, media=[with_changes(again.media[0], sha256=bytes_of("rr-3"))])
    judge = AJudge()

    database.decide(judge, same_file)

    marks, medium = judge.asked[0].marks, judge.asked[0].evidence.media[0]
    assert marks.was_forged(medium.sightings[0])
    assert marks.harmless_by(medium, medium.sightings[0]) is not None


def test_what_is_confirmed_as_forged_cannot_be_marked_as_harmless_nor_the_other_way_round(
    database: Database, bridge: RefundDecided
) -> None:
    [mark] = database.harmless.mark(id_of(bridge), "c1", LIN).marks
    with pytest.raises(OperatorError, match=f"unmark-harmless {mark.mark_id}"):
        database.forgeries.confirm(id_of(bridge), LIN, heard=True)
    database.harmless.unmark(mark.mark_id, LIN)
    database.forgeries.confirm(id_of(bridge), LIN, heard=True)

    with pytest.raises(OperatorError, match="revoke-forgery"):
        database.harmless.mark(id_of(bridge), "c1", LIN)


def test_a_case_that_a_forgery_opened_over_a_false_bridge_is_closed_and_opened_with_the_mark(
    database: Database,
) -> None:
    judge = suspecting("rr-1", "rr-2")
    [forged] = database.decide(judge, some_evidence("rr-1"))
    [bridge] = database.decide(judge, some_evidence("rr-2", like=("rr-1",)))
    database.decide(judge, some_evidence("rr-3", like=("rr-2",)))
    opened = database.forgeries.confirm(id_of(forged), LIN, heard=True).opened

    done = database.harmless.mark(id_of(bridge), "c1", LIN, like="rr-1")

    assert [case.request_id for case in opened] == [case.request_id for case in done.closed] == ["rr-3"]
    again = database.harmless.unmark(done.marks[0].mark_id, LIN)
    assert [case.request_id for case in again.opened] == ["rr-3"]


@pytest.mark.parametrize(
    ("photo", "like", "why"),
    [("c1", "rr-4711", "resembles no photo of rr-4711"), ("c9", None, "has no photo c9: its photos are: c1")],
)
def test_what_is_not_there_cannot_be_marked(
    database: Database, bridge: RefundDecided, photo: str, like: str | None, why: str
) -> None:
    with pytest.raises(OperatorError, match=why):
        database.harmless.mark(id_of(bridge), photo, LIN, like=like)


def test_a_photo_without_known_bytes_is_marked_by_its_sighting(database: Database) -> None:
    unread = [a_medium_evidence("c1", sha256=None)]
    [case] = database.decide(suspecting("rr-1"), with_changes(some_evidence("rr-1"), media=unread))

    [mark] = database.harmless.mark(id_of(case), "c1", LIN).marks

    assert mark.photo == f"claim:rr-1:{case.request_digest}:c1"
