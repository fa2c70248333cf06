"""Requests of one image are one piece of work, in whatever order they come and whoever decides them."""

import pytest

from schemas.records import EvidenceGathered
from streams.adapters.sql.policies import PolicyStore
from streams.cases.acts import AuditAct
from tests.builders import with_changes
from tests.contract.judging import NOW_MS, AJudge, a_policy, an_earlier_sighting, changed, some_evidence, suspecting
from tests.contract.sql import Database

ALL = ("rr-1", "rr-2", "rr-3", "rr-4")


def test_a_case_of_an_image_that_nobody_used_is_a_cluster_of_its_own(database: Database) -> None:
    database.decide(suspecting(*ALL), some_evidence("rr-1"), some_evidence("rr-2"))

    assert database.clusters() == {"rr-1": "rr-1", "rr-2": "rr-2"}


@pytest.mark.parametrize("together", [True, False])
def test_cases_of_one_photo_share_a_cluster_named_after_the_earliest(database: Database, *, together: bool) -> None:
    judge = suspecting(*ALL)
    batch = (
        some_evidence("rr-1"),
        some_evidence("rr-2", like=("rr-1",)),
        some_evidence("rr-3", like=("rr-2",)),
        some_evidence("rr-4"),
    )

    for part in [batch] if together else [[each] for each in batch]:
        database.decide(judge, *part)

    assert database.clusters() == dict.fromkeys(("rr-1", "rr-2", "rr-3"), "rr-1") | {"rr-4": "rr-4"}


@pytest.mark.parametrize("together", [True, False])
def test_a_case_that_was_decided_after_one_with_its_photo_is_in_the_same_cluster(
    database: Database, *, together: bool
) -> None:
    judge = suspecting(*ALL)
    batch = (some_evidence("rr-2", like=("rr-1",)), some_evidence("rr-1"))

    for part in [batch] if together else [[each] for each in batch]:
        database.decide(judge, *part)

    assert database.clusters() == {"rr-1": "rr-1", "rr-2": "rr-1"}


def test_a_photo_that_resembles_two_clusters_makes_them_one(database: Database) -> None:
    judge = suspecting(*ALL)
    database.decide(judge, some_evidence("rr-1"), some_evidence("rr-2", like=("rr-1",)), some_evidence("rr-3"))

    database.decide(judge, some_evidence("rr-4", like=("rr-3", "rr-2")))

    assert set(database.clusters().values()) == {"rr-1"}


def test_cleared_requests_link_the_cases_around_them(database: Database) -> None:
    database.decide(
        suspecting("rr-1", "rr-3"),
        some_evidence("rr-1"),
        some_evidence("rr-2", like=("rr-1",)),
        some_evidence("rr-3", like=("rr-2",)),
    )

    assert database.clusters() == {"rr-1": "rr-1", "rr-3": "rr-1"}


def test_all_contents_of_one_request_are_in_one_cluster(database: Database) -> None:
    first = some_evidence("rr-1")

    database.decide(suspecting("rr-1"), first, changed(first))

    assert [case.cluster_id for case in database.cases.list_cases()] == ["rr-1", "rr-1"]


def test_another_policy_moves_what_joins_and_leaves_what_is_joined(database: Database) -> None:
    def resembling(request_id: str, earlier: str, bits: int) -> EvidenceGathered:
        evidence = some_evidence(request_id, like=(earlier,))
        medium = evidence.media[0]
        near = [with_changes(medium.sightings[0], distance_bits=bits)]
        found: EvidenceGathered = with_changes(evidence, media=[with_changes(medium, sightings=near)])
        return found

    judge = suspecting(*ALL)
    database.decide(judge, some_evidence("rr-1"), resembling("rr-2", "rr-1", 20))
    points = "operating_points: {derived: 0.5, same_image_bits: 10, shared_alteration: 0.5}"
    strict = a_policy("strict", "c", extra=points)
    PolicyStore(database.engine).activate(strict, NOW_MS, "ops")

    database.decide(judge, resembling("rr-3", "rr-1", 20), resembling("rr-4", "rr-1", 10))

    assert database.clusters() == dict.fromkeys(("rr-1", "rr-2", "rr-4"), "rr-1") | {"rr-3": "rr-3"}


@pytest.mark.parametrize(
    ("what", "joined"),
    [
        ({"distance_bits": 31}, True),
        ({"distance_bits": 32}, False),
        ({"distance_bits": 60, "confirmed": True}, True),
        ({"distance_bits": 3, "confirmed": False}, False),
        ({"source": "catalogue", "distance_bits": 0}, False),
        ({"request_id": None}, False),
        ({"request_id": "rr-2"}, False),
    ],
    ids=str,
)
def test_only_a_strong_or_confirmed_resemblance_to_another_claims_photo_joins(
    database: Database, what: dict[str, object], *, joined: bool
) -> None:
    evidence = some_evidence("rr-2", like=("rr-1",))
    medium = evidence.media[0]
    sightings = [with_changes(medium.sightings[0], **what)]
    database.decide(suspecting(*ALL), some_evidence("rr-1"))

    database.decide(suspecting(*ALL), with_changes(evidence, media=[with_changes(medium, sightings=sightings)]))

    assert (len(set(database.clusters().values())) == 1) == joined


def test_the_event_of_a_new_case_names_its_cluster(database: Database) -> None:
    database.decide(suspecting(*ALL), some_evidence("rr-1"), some_evidence("rr-2", like=("rr-1",)))
    database.decide(suspecting(*ALL), some_evidence("rr-3", like=("rr-2",)))

    assert [(event.request_id, event.cluster_id) for event in database.events()] == [
        ("rr-1", "rr-1"),
        ("rr-2", "rr-1"),
        ("rr-3", "rr-1"),
    ]


def test_a_case_that_a_party_opens_on_a_cleared_request_is_of_its_cluster_from_the_first_event_on(
    database: Database,
) -> None:
    batch = [some_evidence("rr-1"), some_evidence("rr-2", like=("rr-1",)), some_evidence("rr-3", like=("rr-2",))]
    database.decide(suspecting("rr-1"), *batch)

    objected = database.hearings.object_to("rr-2", AuditAct(by="m-1", note="our photo", at_ms=NOW_MS + 1_000), "c1")
    demanded = database.human_reviews.demand("rr-3", AuditAct(by="b-1", note="look", at_ms=NOW_MS + 2_000), "merchant")

    assert demanded.case is not None
    assert (objected.case.cluster_id, demanded.case.cluster_id) == ("rr-1", "rr-1")
    assert {event.cluster_id for event in database.events()} == {"rr-1"}
    queued = database.rows("SELECT cluster_id, count(*) FROM review_queue GROUP BY cluster_id")
    assert [tuple(row) for row in queued] == [("rr-1", 2)]


def test_a_flood_of_one_image_is_one_cluster_of_little_height(database: Database) -> None:
    names = [f"rr-{n:03}" for n in range(300)]
    flood = [some_evidence(name, like=tuple(names[max(0, n - 20) : n])) for n, name in enumerate(names)]

    for start in range(0, 300, 64):
        database.store.decide(flood[start : start + 64], AJudge(), NOW_MS)

    rows = database.rows("SELECT joined_into, count(*), max(rank) FROM clusters GROUP BY joined_into")
    assert sorted(rows, key=str) == [("rr-000", 299, 0), (None, 1, 1)]


def test_a_match_is_kept_with_its_distance_method_and_confirmation(database: Database) -> None:
    evidence = some_evidence("rr-2", like=("rr-1",))
    found = with_changes(an_earlier_sighting("rr-1"), confirmed=True, distance_bits=44, sha256="b" * 64)
    medium = with_changes(evidence.media[0], sightings=[found], sha256="a" * 64)

    [decision] = database.decide(suspecting("rr-2"), with_changes(evidence, media=[medium]))

    [match] = database.file_of(decision).photo_matches
    assert (match.distance_bits, match.method, match.confirmed, match.joins) == (44, "phash256/2", True, True)
    assert database.rows("SELECT sha256, earlier_sha256 FROM photo_matches") == [("a" * 64, "b" * 64)]


def test_a_match_that_a_photo_of_goods_explains_is_kept_with_it_and_joins_nothing(database: Database) -> None:
    evidence = some_evidence("rr-2", like=("rr-1",))
    found = with_changes(an_earlier_sighting("rr-1"), explained_by="r1", shared_alteration=0.25)

    [decision] = database.decide(
        suspecting("rr-2"), with_changes(evidence, media=[with_changes(evidence.media[0], sightings=[found])])
    )

    [match] = database.file_of(decision).photo_matches
    assert (match.explained_by, match.shared_alteration, match.joins) == ("r1", 0.25, False)
