import pytest

from schemas.records import PolicyIdentity, Reason, ReasonText, RefundDecided
from streams.demo import stories
from streams.demo.outcome import outcome
from streams.demo.platform import Seen, identity
from streams.demo.requests import Asked
from streams.demo.stories import Story
from tests.builders import AT_MS, a_request


def a_decision(asked: Asked, *codes: str) -> RefundDecided:
    request_id, digest = identity(asked)
    return RefundDecided(
        request_id=request_id,
        request_digest=digest,
        decision_id="d-1",
        verdict="REVIEW" if codes else "CLEAR",
        score=50 if codes else 0,
        reasons=[Reason(code=code, text=ReasonText(zh="请看", en="look")) for code in codes],
        policy=PolicyIdentity(name="default", sha256="0" * 64),
        decided_at_ms=AT_MS,
        case_id="c-1" if codes else None,
    )


def asked_and_answered(story: Story, *codes: str) -> Seen:
    asked = Asked(story, a_request(), ())
    return Seen(sent={identity(asked): asked}, decisions={identity(asked): a_decision(asked, *codes)})


@pytest.mark.parametrize(
    ("story", "codes"),
    [
        (stories.HONEST, ()),
        (stories.HONEST, ("RANDOM_AUDIT",)),
        (stories.STAIN, ("DERIVED_AND_ALTERED", "USED_BEFORE")),
        (stories.CRACK, ("DERIVED_AND_ALTERED",)),
    ],
)
def test_what_a_story_leads_to_is_no_mismatch(story: Story, codes: tuple[str, ...]) -> None:
    found = outcome(asked_and_answered(story, *codes), cases=bool(codes), poison=0, seconds=1)
    assert (found.mismatches, found.complete) == ((), True)


@pytest.mark.parametrize(
    ("story", "codes", "said"),
    [
        (stories.HONEST, ("USED_BEFORE",), "REVIEW with USED_BEFORE; expected was CLEAR with no reason"),
        (stories.HONEST, ("RANDOM_AUDIT", "USED_BEFORE"), "expected was CLEAR"),
        (stories.STAIN, (), "CLEAR with no reason; expected was REVIEW with DERIVED_AND_ALTERED"),
        (stories.LARGE, ("FREQUENT_CLAIMS",), "expected was REVIEW with AMOUNT_LIMIT"),
    ],
)
def test_what_a_story_does_not_lead_to_is_told(story: Story, codes: tuple[str, ...], said: str) -> None:
    (mismatch,) = outcome(asked_and_answered(story, *codes), cases=bool(codes), poison=0, seconds=1).mismatches
    assert said in mismatch.en
    assert "{" not in mismatch.zh


def test_a_request_without_a_decision_is_told_and_the_demo_is_not_complete() -> None:
    seen = asked_and_answered(stories.HONEST)
    seen.decisions.clear()
    found = outcome(seen, cases=0, poison=0, seconds=1)
    assert (len(found.mismatches), found.complete, found.counts["decided"]) == (1, False, 0)


def test_other_bytes_for_a_repeat_are_told() -> None:
    seen = asked_and_answered(stories.HONEST)
    (one,) = seen.sent
    seen.asked_twice.append(one)
    seen.answers[one] = [b"{}", b"{ }"]
    (mismatch,) = outcome(seen, cases=0, poison=0, seconds=1).mismatches
    assert "answered in different bytes" in mismatch.en


def test_cases_and_dead_letters_are_counted_too() -> None:
    found = outcome(asked_and_answered(stories.HONEST), cases=3, poison=2, seconds=1.26)
    assert len(found.mismatches) == 2
    assert found.counts == {"submitted": 1, "decided": 1, "clear": 1, "review": 0, "cases": 3, "seconds": 1.3}
