"""The counts themselves: each thing that may be wrong is said, and only that."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from schemas.codec import encode
from schemas.digest import request_digest
from schemas.records import RefundRequested
from schemas.topics import DEAD_LETTERS, DECISIONS, EVIDENCE, REQUESTS, REVIEW_EVENTS
from streams.delivery.dead_letters import letter
from streams.delivery.messages import Incoming
from tests.builders import a_request, an_evidence
from tests.faults.counts import Record, Seen, report
from tests.faults.load import Load, Message, message

FIRST = a_request("rr-1", buyer_id="b-1")
CHANGED = msgspec.structs.replace(FIRST, amount_minor=1)
SECOND = a_request("rr-2", buyer_id="b-1")
BAD = Message(b"b-1", b"{", None)
LOAD = Load([message(FIRST), BAD, message(SECOND), message(CHANGED)])


def in_topic(topic: str, values: Sequence[bytes | None]) -> list[Record]:
    return [Record(topic, 0, offset, b"b-1", value) for offset, value in enumerate(values)]


def a_decision(request: RefundRequested, *codes: str, verdict: str = "REVIEW", **more: Any) -> bytes:
    case = {"case_id": f"c-{request.request_id}-{request.amount_minor}"} if verdict == "REVIEW" else {"case_id": None}
    told = {"request_id": request.request_id, "request_digest": request_digest(request), "verdict": verdict}
    return msgspec.json.encode(told | case | {"reasons": [{"code": code} for code in codes]} | more)


def opened(request: RefundRequested) -> bytes:
    return msgspec.json.encode({"event": "CASE_OPENED", "case_id": f"c-{request.request_id}-{request.amount_minor}"})


def a_letter(bad: Record) -> bytes | None:
    incoming = Incoming(bad.topic, bad.partition, bad.offset, 1, bad.key, bad.value, 0, lambda: None, lambda: False)
    return letter(incoming, "enrich", ValueError("bad"), 1_790_000_000_000).value


ASKED = in_topic(REQUESTS.name, [each.value for each in LOAD.messages])
ANSWERS = [
    a_decision(FIRST, "USED_BEFORE"),
    a_decision(SECOND, verdict="CLEAR"),
    a_decision(CHANGED, "CONTENT_CHANGED"),
]
GATHERED = in_topic(EVIDENCE.name, [encode(an_evidence(each)) for each in (FIRST, SECOND, CHANGED)])


def seen(**changes: Any) -> Seen:
    events = [opened(FIRST), opened(CHANGED)]
    given = {
        "requests": ASKED,
        "evidence": GATHERED,
        "decisions": in_topic(DECISIONS.name, ANSWERS),
        "letters": in_topic(DEAD_LETTERS.name, [a_letter(ASKED[1])]),
        "events": in_topic(REVIEW_EVENTS.name, events),
        "stored": {
            (each.request_id, request_digest(each)): answer
            for each, answer in zip((FIRST, SECOND, CHANGED), ANSWERS, strict=True)
        },
        "cases": {
            f"c-{each.request_id}-{each.amount_minor}": (each.request_id, request_digest(each))
            for each in (FIRST, CHANGED)
        },
        "outbox": [(REVIEW_EVENTS.name, event, True) for event in events],
    }
    return Seen(**given | changes)


def test_what_kept_the_promise_has_no_failures() -> None:
    assert list(report(seen(), LOAD).failures) == []


def test_repeats_of_the_same_bytes_are_no_failure() -> None:
    letters = in_topic(DEAD_LETTERS.name, [a_letter(ASKED[1])] * 2)
    decisions = in_topic(DECISIONS.name, [*ANSWERS] * 2)
    evidence = [*GATHERED, *in_topic(EVIDENCE.name, [each.value for each in GATHERED])]

    assert list(report(seen(letters=letters, decisions=decisions, evidence=evidence), LOAD).failures) == []


@pytest.mark.parametrize(
    ("changes", "failure"),
    [
        ({"requests": ASKED[:-1]}, "THE TEST FAILED"),
        ({"decisions": in_topic(DECISIONS.name, ANSWERS[1:])}, "there is a request, but no decided"),
        (
            {"decisions": in_topic(DECISIONS.name, [*ANSWERS, a_decision(a_request("rr-9"), verdict="CLEAR")])},
            "there is a decided content, but not a request",
        ),
        (
            {"decisions": in_topic(DECISIONS.name, [*ANSWERS, a_decision(SECOND, verdict="CLEAR", at=1)])},
            "contents with several decisions",
        ),
        ({"stored": {}}, "decisions that are not the stored bytes"),
        ({"letters": []}, "there is a poison message, but no dead letter"),
        (
            {"letters": in_topic(DEAD_LETTERS.name, [a_letter(ASKED[1]), a_letter(ASKED[0])])},
            "there is a dead letter, but not a poison message",
        ),
        ({"cases": {}}, "there is a REVIEW decision, but no case"),
        ({"evidence": [GATHERED[1], GATHERED[0], GATHERED[2]]}, "buyers whose evidence is not complete and in order"),
        ({"evidence": GATHERED[:2]}, "buyers whose evidence is not complete and in order"),
        ({"events": []}, "there is a row of the outbox, but no review event"),
        ({"outbox": []}, "there is a case, but no CASE_OPENED"),
        ({"outbox": [(REVIEW_EVENTS.name, opened(FIRST), False)]}, "unsent messages in the outbox"),
        (
            {"decisions": in_topic(DECISIONS.name, [*ANSWERS, a_decision(CHANGED, "USED_BEFORE")])},
            "contents wrongly taken for the original",
        ),
    ],
)
def test_what_broke_the_promise_is_said(changes: dict[str, Any], failure: str) -> None:
    assert failure in "\n".join(report(seen(**changes), LOAD).failures)
