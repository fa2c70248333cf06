"""The records of a person and of a merchant are exact, in whatever order and batches claims of several buyers come."""

from random import Random

import pytest

from schemas.records import EvidenceGathered
from streams.history.past import PastClaim
from streams.history.windows import WINDOWS_DAYS
from tests.builders import AT_MS, DAY_MS, a_reference
from tests.contract.judging import NOW_MS, AJudge, changed, some_evidence
from tests.contract.sql import Database
from tests.history_model import Record, history_of, merchant_of

BUYERS = ("b-1", "b-2", "b-3")
EDGES = [*WINDOWS_DAYS, 0, 3, 366, 400]


def some_claims(dice: Random, count: int = 40) -> list[EvidenceGathered]:
    """Claims of three accounts, two of which are one person's, at the edges of windows and all over the year."""
    claims = []
    for number in range(count):
        age_ms = dice.choice(EDGES) * DAY_MS + dice.choice([-1, 0, 1, dice.randrange(DAY_MS)])
        buyer = dice.choice(BUYERS)
        claims.append(
            some_evidence(
                f"rr-{number}",
                buyer_id=buyer,
                person_id=None if buyer == "b-3" else "p-1",
                requested_at_ms=AT_MS - age_ms,
                amount_minor=dice.randrange(1, 5_000),
                currency=dice.choice(["CNY", "CNY", "USD"]),
                kind=dice.choice(["refund_only", "return_and_refund"]),
                merchant_id=f"m-{dice.randrange(6)}",
                category=dice.choice(["ceramics", "toys"]),
                reference_media=[a_reference(registered_at_ms=AT_MS - age_ms + dice.choice([-1, 0, DAY_MS]))],
            )
        )
    return sorted(claims, key=lambda each: each.appended_at_ms)


def keeping_a_buyers_order(claims: list[EvidenceGathered], dice: Random) -> list[EvidenceGathered]:
    waiting = {buyer: [one for one in claims if one.request.buyer_id == buyer] for buyer in BUYERS}
    order = [one.request.buyer_id for one in claims]
    dice.shuffle(order)
    return [waiting[buyer].pop(0) for buyer in order]


def in_batches(claims: list[EvidenceGathered], dice: Random) -> list[list[EvidenceGathered]]:
    batches = []
    while claims:
        size = dice.randrange(1, 9)
        batches.append(claims[:size])
        claims = claims[size:]
    return batches


def as_past(evidence: EvidenceGathered) -> PastClaim:
    request = evidence.request
    return PastClaim(
        request.request_id,
        evidence.appended_at_ms,
        request.amount_minor,
        request.currency,
        request.kind,
        request.merchant_id,
        request.category,
        younger_reference=request.reference_media[0].registered_at_ms >= evidence.appended_at_ms,
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_record_is_what_a_look_at_every_claim_finds(database: Database, seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - a draw, not a secret
    judge = AJudge()
    arriving = keeping_a_buyers_order(some_claims(dice), dice)

    for batch in in_batches(arriving, dice):
        database.store.decide(batch, judge, NOW_MS)

    for place, question in enumerate(judge.asked):
        request = question.evidence.request
        before = [as_past(one) for one in arriving[:place] if one.request.person == request.person]
        assert question.history == history_of(Record(before), request, question.evidence.appended_at_ms)
        against = [as_past(one) for one in arriving[:place]]
        assert question.merchant == merchant_of(against, request, question.evidence.appended_at_ms)


def test_other_content_of_a_request_does_not_see_its_own_claim_in_the_merchants_record(database: Database) -> None:
    first, judge = some_evidence("rr-1"), AJudge()
    database.store.decide([first], judge, NOW_MS)
    database.store.decide([changed(first), some_evidence("rr-2", buyer_id="b-2")], judge, NOW_MS)

    seen = [question.merchant.windows[0].claims for question in judge.asked if question.merchant is not None]
    assert seen == [0, 0, 2]


@pytest.mark.parametrize("seed", range(2))
def test_whichever_way_claims_came_the_next_one_has_the_same_record(database: Database, seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - a draw, not a secret
    claims = some_claims(dice)
    records = []
    for run in range(2):
        judge = AJudge()
        arriving = keeping_a_buyers_order(claims, dice)
        for table in ("kept_evidence", "decisions", "claims", "request_origins", "newest_claims", "merchant_days"):
            database.change(f"DELETE FROM {table}")  # noqa: S608 - our own names
        for batch in in_batches(arriving, dice):
            database.store.decide(batch, judge, NOW_MS)
        last = some_evidence(f"rr-last-{run}", buyer_id="b-1", person_id="p-1", requested_at_ms=AT_MS)
        database.store.decide([last], judge, NOW_MS)
        records.append((judge.asked[-1].history, judge.asked[-1].merchant))

    assert records[0] == records[1]
    history, merchant = records[0]
    assert history.within(365).claims > 0
    assert merchant is not None
    assert merchant.windows[-1].claims > 0
