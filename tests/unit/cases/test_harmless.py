"""Marks on resemblances: their ids, what they make harmless, and which clusters still belong together."""

import json
from typing import Any

from streams.cases.acts import Action
from streams.cases.photos import harmless
from streams.cases.photos.harmless import MatchedPhotos
from streams.cases.photos.marks import PhotoMarks, pair_of
from tests.unit.cases.cases import DIGEST, LIN, a_case

A, B = "a" * 64, "b" * 64


def a_match(**changes: Any) -> MatchedPhotos:
    given: dict[str, Any] = {
        "request_id": "rr-2",
        "request_digest": DIGEST,
        "ordinal": 1,
        "media_id": "c1",
        "sha256": B,
        "earlier_sighting_id": f"claim:rr-1:{DIGEST}:c1",
        "earlier_sha256": A,
        "earlier_request_id": "rr-1",
        "joins": True,
        "harmless_by": None,
    }
    return MatchedPhotos(**given | changes)


def test_who_marks_the_same_photos_finds_the_same_mark() -> None:
    first = harmless.mark_of(pair_of(f"sha256:{A}", f"sha256:{B}"), "c-1", LIN)
    again = harmless.mark_of(pair_of(f"sha256:{B}", f"sha256:{A}"), "c-2", LIN)
    alone = harmless.mark_of(pair_of(f"sha256:{A}"), "c-1", LIN)

    assert first.mark_id == again.mark_id != alone.mark_id
    assert (first.note, first.marked_by, alone.other) == (LIN.note, "lin.wei", None)


def test_a_mark_is_noted_in_the_trail_of_its_case() -> None:
    mark = harmless.mark_of(pair_of(f"sha256:{A}"), "c-1", LIN)
    [entry] = harmless.note(a_case(), [mark], LIN, Action.HARMLESS_MARKED).entries
    assert json.loads(entry.payload)["marks"] == [[mark.mark_id, f"sha256:{A}", None]]


def test_photos_are_named_by_their_bytes_where_those_are_known() -> None:
    assert harmless.pairs_of([a_match(), a_match(ordinal=2)]) == [(f"sha256:{A}", f"sha256:{B}")]
    assert harmless.pairs_of([a_match(sha256=None, earlier_sha256=None)]) == [
        (f"claim:rr-1:{DIGEST}:c1", f"claim:rr-2:{DIGEST}:c1")
    ]


def test_what_is_marked_joins_nothing_and_the_rest_does() -> None:
    marked, other = a_match(), a_match(ordinal=2, earlier_sha256="c" * 64, earlier_request_id="rr-0")
    apart = a_match(ordinal=3, joins=False)
    before = a_match(ordinal=4, earlier_sha256="d" * 64, harmless_by="h-9")
    matches = [marked, other, apart, before]
    marks = harmless.as_marks([harmless.mark_of(harmless.pairs_of([marked])[0], "c-1", LIN)])

    found = harmless.harmless_by(matches, marks)
    new = {key: mark_id for key, mark_id in found.items() if mark_id is not None}

    assert set(new) == {marked.key, apart.key}, "both show the very photos that were marked"
    assert harmless.joining(matches, new) == [("rr-0", "rr-2")]
    assert harmless.joining([before], harmless.harmless_by([before], PhotoMarks())) == [("rr-1", "rr-2")]
