"""What is kept of a request is all that its decision needs: judged again, the bytes are the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from schemas.records import StatedReason
from streams.cases.photos.marks import PhotoMarks
from streams.policy.engine import judge
from streams.policy.kept import LARGEST, UnreadableRecord, encoded, kept, packed, unpacked
from streams.policy.question import Question
from tests.builders import a_request
from tests.history_model import Record
from tests.unit.policy.questions import a_question, a_sighting, looked_at, with_photo
from tests.unit.policy.test_engine import evidences, pasts


def again(question: Question) -> Question:
    [(chunk, count)] = packed([encoded(kept(question))])
    assert count == 1
    return unpacked(chunk)[0].question(question.policy, question.audit_key, question.decided_at_ms)


@given(evidence=evidences, past=pasts, content_changed=st.booleans(), human_review=st.booleans())
def test_what_is_judged_again_gives_the_same_bytes(
    evidence: Any, past: Record, *, content_changed: bool, human_review: bool
) -> None:
    question = a_question(evidence, past=past, content_changed=content_changed, human_review=human_review)
    assert encode(judge(again(question))) == encode(judge(question))


def test_marks_on_its_photos_are_kept_and_no_others() -> None:
    sighting = a_sighting(sha256="1" * 64)
    names = (f"sha256:{'1' * 64}", f"sha256:{'0' * 64}")
    marks = PhotoMarks(
        forged=frozenset({names[0], "sha256:" + "9" * 64}),
        harmless={(names[1], names[0]): "mark-1", ("sha256:8", "sha256:9"): "mark-2"},
    )
    question = a_question(with_photo(sightings=[sighting]), marks=marks)
    assert again(question).marks == PhotoMarks(forged=frozenset({names[0]}), harmless={(names[1], names[0]): "mark-1"})


def test_a_batch_is_one_chunk_in_its_order_and_takes_little_room() -> None:
    records = [kept(a_question(looked_at(a_request(f"rr-{n}")))) for n in range(100)]
    [(chunk, count)] = packed(map(encoded, records))
    assert unpacked(chunk) == records
    assert (count, len(chunk) < 100 * 200) == (100, True)


def test_a_very_large_batch_is_several_chunks() -> None:
    wordy = a_request(reason=StatedReason(code="DAMAGED", text="杯" * 4_000))
    records = [kept(a_question(looked_at(wordy)))] * (LARGEST // 12_000)
    chunks = list(packed(map(encoded, records)))
    assert len(chunks) > 1
    assert [one for chunk, _ in chunks for one in unpacked(chunk)] == records
    assert sum(count for _, count in chunks) == len(records)


def test_nothing_is_no_chunk() -> None:
    assert list(packed([])) == []


@pytest.mark.parametrize(
    ("chunk", "why"),
    [(b"", "another format"), (b"\x02rest", "another format"), (b"\x01\xff\xff", "damaged"), (b"\x01", "damaged")],
)
def test_what_cannot_be_read_says_so(chunk: bytes, why: str) -> None:
    with pytest.raises(UnreadableRecord, match=why):
        unpacked(chunk)
