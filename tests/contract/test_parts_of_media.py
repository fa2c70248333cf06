"""A still of a video is a photo of its own: it is matched, marked, confirmed and erased by its own name."""

from pathlib import Path

import pytest

from schemas.digest import request_digest
from schemas.names import claim_sighting, request_pointer
from schemas.records import EarlierSighting, EvidenceGathered, PartEvidence, RefundDecided
from streams.adapters.sql.cases.erasures import SqlErasureRecords
from streams.adapters.storage.evidence_store import EvidenceStore
from streams.adapters.storage.objects import open_objects
from streams.adapters.storage.photo_erasure import PhotoEraser
from streams.cases.acts import AuditAct
from streams.cases.record.erasure import Needs, PersonsPhoto, plan
from streams.casework.record.erasure import Erasure
from tests.builders import a_claim_medium, a_fingerprint, a_medium_evidence, a_request, an_evidence, with_changes
from tests.contract.judging import NOW_MS, AJudge, bytes_of, suspecting
from tests.contract.sql import Database
from tests.contract.test_erasing import Log

LIN = AuditAct(by="lin.wei", note="two shots of one shelf", at_ms=NOW_MS + 60_000)
LONGEST = "c" * 128


def a_still(request_id: str, number: int) -> PartEvidence:
    sha256 = bytes_of(f"{request_id} {number}")
    return PartEvidence(
        part=f"s{number}", sha256=sha256, fingerprint=a_fingerprint(number), at_ms=number, sighting_position=number
    )


def a_film(request_id: str, like: str | None = None, media_id: str = "c1") -> EvidenceGathered:
    """Evidence of a request with a video of two stills, the second of which resembles the first of another one's."""
    request = with_changes(a_request(request_id), claim_media=[a_claim_medium(media_id, kind="video")])
    sightings = [] if like is None else [seen(like, media_id)]
    medium = a_medium_evidence(
        media_id,
        kind="video",
        fingerprint=None,
        sha256=bytes_of(request_id),
        parts=[a_still(request_id, 1), a_still(request_id, 2)],
        sightings=sightings,
        sighting_position=1,
    )
    return an_evidence(request, media=[medium])


def seen(request_id: str, media_id: str = "c1") -> EarlierSighting:
    asked = with_changes(a_request(request_id), claim_media=[a_claim_medium(media_id, kind="video")])
    return EarlierSighting(
        sighting_id=claim_sighting(request_id, request_digest(asked), f"{media_id}#s1"),
        position=0,
        source="claim",
        distance_bits=5,
        sha256=a_still(request_id, 1).sha256,
        request_id=request_id,
        media_id=media_id,
        part="s1",
        of_part="s2",
    )


def id_of(decision: RefundDecided) -> str:
    assert decision.case_id is not None
    return decision.case_id


@pytest.mark.parametrize("media_id", ["c1", LONGEST])
def test_a_match_names_both_stills(database: Database, media_id: str) -> None:
    judge = suspecting("rr-1", "rr-2")
    database.decide(judge, a_film("rr-1", media_id=media_id))
    [later] = database.decide(judge, a_film("rr-2", "rr-1", media_id))
    [match] = database.file_of(later).photo_matches
    assert (match.media_id, match.earlier_media_id) == (f"{media_id}#s2", f"{media_id}#s1")
    assert (match.position, match.method, match.joins) == (2, "phash256/2", True)
    assert database.clusters() == {"rr-1": "rr-1", "rr-2": "rr-1"}


def test_a_still_is_marked_as_harmless_beside_another_one_alone(database: Database) -> None:
    judge = suspecting("rr-1", "rr-2", "rr-3")
    database.decide(judge, a_film("rr-1"))
    [case] = database.decide(judge, a_film("rr-2", "rr-1"))
    database.harmless.mark(id_of(case), "c1#s2", LIN, like="rr-1")
    assert database.clusters() == {"rr-1": "rr-1", "rr-2": "rr-2"}

    again = a_film("rr-3", "rr-1")
    same = with_changes(again.media[0], parts=[a_still("rr-3", 1), with_changes(a_still("rr-2", 2))])
    database.decide(judge, with_changes(again, media=[same]))

    assert database.clusters()["rr-3"] == "rr-3"


def test_a_still_that_people_confirmed_as_forged_is_known_in_whichever_video(database: Database) -> None:
    [case] = database.decide(suspecting("rr-1"), a_film("rr-1"))
    database.forgeries.confirm(id_of(case), LIN, photos=["c1#s1"], heard=True)
    judge = AJudge()

    with_it = a_film("rr-2", "rr-1")
    other = with_changes(with_it.media[0], parts=[with_changes(a_still("rr-1", 1), part="s7")], sightings=[])
    database.decide(judge, with_it)
    database.decide(judge, with_changes(a_film("rr-3"), media=[with_changes(other, media_id="c1")]))

    first, second = ((question.marks, question.evidence.media[0]) for question in judge.asked)
    assert first[0].was_forged(first[1].sightings[0])
    assert not first[0].is_forged(first[1])
    assert second[0].is_forged(second[1])


def test_all_parts_of_a_video_go_with_it_also_those_that_come_while_it_goes(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = open_objects((tmp_path / "evidence").as_uri(), 5.0)
    store, log, evidence = EvidenceStore(objects), Log(), a_film("rr-1")
    pointer = request_pointer("rr-1", evidence.request_digest, "claim", "c1")
    kept = {part: store.keep(f"{pointer}{part}", part.encode() or b"film", "c1.mp4")[0] for part in ("", "#s1", "#s2")}
    parts = [with_changes(part, sha256=kept[f"#{part.part}"].sha256) for part in evidence.media[0].parts]
    medium = with_changes(evidence.media[0], sha256=kept[""].sha256, parts=parts)
    database.decide(AJudge(), with_changes(evidence, media=[medium]))
    eraser = PhotoEraser(objects)
    erasure = Erasure(
        database=database.casework, records=SqlErasureRecords(database.engine), store=eraser, sightings=log
    )  # fmt: skip
    mark = eraser.mark

    def while_a_worker_looks(photo: PersonsPhoto, now_ms: int) -> object:
        if photo.photo.media_id == "c1":
            store.keep(f"{pointer}#s3", b"a third", "c1.mp4")
        return mark(photo, now_ms)

    monkeypatch.setattr(eraser, "mark", while_a_worker_looks)
    done = erasure.erase(plan(erasure.find(["b-1"]), Needs()), LIN, lambda _: None)

    assert sorted(objects.under("")) == sorted(f"{pointer}{part}" for part in ("", "#s1", "#s2", "#s3"))
    whole = claim_sighting("rr-1", evidence.request_digest, "c1")
    assert sorted(log.buried) == [whole, *(f"{whole}#s{number}" for number in (1, 2, 3))]
    assert erasure.prove(["b-1"], done, lambda *_: None).holds
