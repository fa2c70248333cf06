"""Which photos of a person may go: all but those that are still needed."""

import json
from typing import Any

import pytest

from streams.cases.photos.photos import ClaimPhoto
from streams.cases.record.erasure import Needs, PersonsClaim, PersonsPhoto, erased, photos_of, plan
from streams.cases.states import CaseState
from streams.casework.record.erasure import looked_for
from tests.unit.cases.cases import LIN, a_case

DIGEST = "sha256:" + "ab" * 32
A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def a_photo(media_id: str = "c1", **changes: Any) -> PersonsPhoto:
    given: dict[str, Any] = {"request_id": "rr-1", "request_digest": DIGEST, "photo": ClaimPhoto(media_id, A)}
    return PersonsPhoto(**given | changes)


def a_claim(*photos: ClaimPhoto, **changes: Any) -> PersonsClaim:
    return PersonsClaim(**{"request_id": "rr-1", "request_digest": DIGEST, "photos": photos} | changes)


@pytest.mark.parametrize("state", [None, CaseState.CLOSED])
def test_a_photo_without_a_case_or_of_one_that_is_closed_goes(state: CaseState | None) -> None:
    photo = a_photo(state=state)
    assert plan([photo], Needs()).going == (photo,)


@pytest.mark.parametrize("state", sorted(set(CaseState) - {CaseState.DECIDED, CaseState.CLOSED}))
def test_a_photo_of_an_open_case_stays_unless_that_is_said(state: CaseState) -> None:
    photo = a_photo(state=state)
    assert plan([photo], Needs()).staying == {photo: "OPEN_CASE"}
    assert plan([photo], Needs(confirmed_forgeries=False)).staying == {photo: "OPEN_CASE"}
    assert plan([photo], Needs(open_cases=False)).going == (photo,)


def test_a_photo_and_what_was_said_stay_while_the_verdict_may_be_appealed() -> None:
    photo, claim = a_photo(state=CaseState.DECIDED), a_claim(state=CaseState.DECIDED)
    assert plan([photo], Needs(), ["b-1"], [claim]).staying == {photo: "MAY_BE_APPEALED"}
    assert plan([], Needs(), ["b-1"], [claim]).keys_of == ()
    assert plan([photo], Needs(open_cases=False), ["b-1"], [claim]).keys_of == ("b-1",)


def test_a_confirmed_forgery_stays_unless_that_is_said() -> None:
    forged, other = a_photo("c1", forged=True, state=CaseState.CLOSED), a_photo("c2", state=CaseState.CLOSED)
    assert plan([forged, other], Needs()).staying == {forged: "CONFIRMED_FORGERY"}
    assert plan([forged, other], Needs(open_cases=False)).going == (other,)
    assert plan([forged, other], Needs(confirmed_forgeries=False)).going == (forged, other)


def test_photos_come_from_the_database_and_from_the_store() -> None:
    of_store = [ClaimPhoto("c1", B), ClaimPhoto("c2", B), ClaimPhoto("c3", C)]
    found = photos_of(a_claim(ClaimPhoto("c1", A, "phash256/1", "0" * 64), ClaimPhoto("c2")), of_store)
    assert {one.photo.media_id: (one.photo.sha256, one.photo.fingerprint_bits) for one in found} == {
        "c1": (A, "0" * 64),
        "c2": (B, None),
        "c3": (C, None),
    }


def test_a_photo_may_stand_beside_those_of_its_claim_and_later_ones_that_resemble_it() -> None:
    sighting = f"claim:rr-1:{DIGEST}:c1"
    claim = a_claim(ClaimPhoto("c1", A), ClaimPhoto("c2", B), later={sighting: frozenset({C})})
    first, second = photos_of(claim, [])
    assert (first.sighting_id, first.beside, second.beside) == (
        sighting,
        frozenset({B, C}),
        frozenset({A}),
    )


def test_the_bank_names_forged_photos_one_by_one() -> None:
    claim = a_claim(ClaimPhoto("c1", A), ClaimPhoto("c2", B), forged=frozenset({f"claim:rr-1:{DIGEST}:c2"}))
    assert [one.forged for one in photos_of(claim, [])] == [False, True]


def test_what_was_erased_is_known_by_its_name_alone() -> None:
    gone, there = a_photo(photo=ClaimPhoto("c1")), a_photo(photo=ClaimPhoto("c1", A))
    assert (gone.measured, there.measured) == (False, True)
    assert gone.pointer == there.pointer == f"requests/rr-1/{DIGEST}/claim/c1"


def test_an_erasure_is_noted_in_the_trail_of_the_case() -> None:
    done = erased(a_case(), "e-1", ["c2", "c1"], LIN)
    [entry] = done.entries
    assert (entry.action, done.after is done.before) == ("PHOTOS_ERASED", True)
    assert json.loads(entry.payload) == {
        "note": LIN.note,
        "erasure_id": "e-1",
        "photos": ["c1", "c2"],
        "version": 1,
    }


def test_who_looks_for_what_would_go_asks_for_its_bytes() -> None:
    known, unknown = a_photo("c1"), a_photo("c2", photo=ClaimPhoto("c2"))
    looked = looked_for(plan([known, unknown], Needs()))
    assert [one.bytes for one in looked.marked] == [(A,), ()]
