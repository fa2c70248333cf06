"""How many claims came with like photos is exact, in whatever batches they come, up to as many as are read."""

from random import Random

import pytest
from msgspec.structs import replace

from schemas.records import EvidenceGathered
from streams.cases.acts import AuditAct
from streams.history.alike import HOURS, NONE_ALIKE, READ_AT_MOST, Alike, AlikeWindow
from tests.builders import AT_MS, DAY_MS
from tests.contract.judging import NOW_MS, AJudge, some_evidence, suspecting
from tests.contract.sql import Database

HOUR_MS = DAY_MS // 24
LIN = AuditAct(by="lin.wei", note="both on a white sheet", at_ms=NOW_MS + 60_000)


def some_claims(dice: Random, count: int = 30) -> list[EvidenceGathered]:
    """Claims of three buyers in two days, each with photos like those of up to three earlier ones."""
    claims = []
    for number in range(count):
        age_ms = dice.choice([0, 1, 5, 23, 24, 25, 47]) * HOUR_MS + dice.choice([-1, 0, 1, dice.randrange(HOUR_MS)])
        like = dice.sample(range(number), min(number, dice.randrange(4)))
        claims.append(
            some_evidence(
                f"rr-{number}",
                like=tuple(f"rr-{other}" for other in like),
                buyer_id=f"b-{dice.randrange(3)}",
                requested_at_ms=AT_MS - age_ms,
            )
        )
    return claims


def model(earlier: list[EvidenceGathered], asked: EvidenceGathered) -> Alike:
    """Look at every claim that was decided before."""
    named = named_by(asked)
    alike = [one for one in earlier if one.request.request_id in named or named & named_by(one)]
    windows = []
    for hours in HOURS:
        inside = [one for one in alike if asked.appended_at_ms - one.appended_at_ms <= hours * HOUR_MS]
        windows.append(AlikeWindow(len(inside), len({one.request.person for one in inside})))
    return Alike(windows=tuple(windows))


def named_by(claim: EvidenceGathered) -> set[str]:
    return {str(one.request_id) for medium in claim.media for one in medium.sightings}


@pytest.mark.parametrize("seed", range(4))
def test_what_is_counted_is_what_a_look_at_every_claim_counts(database: Database, seed: int) -> None:
    dice, judge = Random(seed), AJudge()  # noqa: S311 - an order, not a secret
    claims = some_claims(dice)
    left = list(claims)
    while left:
        size = dice.randrange(1, 9)
        database.decide(judge, *left[:size])
        left = left[size:]

    for place, claim in enumerate(claims):
        assert judge.asked_of(claim.request.request_id).alike == model(claims[:place], claim)


def test_a_request_that_comes_again_is_not_its_own_flood(database: Database) -> None:
    judge = AJudge()
    database.decide(judge, some_evidence("rr-1"), some_evidence("rr-2", like=("rr-1",)))

    database.decide(judge, some_evidence("rr-2", like=("rr-1",), amount_minor=777))

    again = judge.asked[-1].alike
    assert again is not None
    assert again.windows[-1].claims == 1


def test_what_people_marked_as_harmless_is_no_flood(database: Database) -> None:
    judge = suspecting("rr-2")
    database.decide(judge, some_evidence("rr-1"))
    [case] = database.decide(judge, some_evidence("rr-2", like=("rr-1",)))
    database.harmless.mark(str(case.case_id), "c1", LIN, like="rr-1")

    database.decide(judge, some_evidence("rr-2", like=("rr-1",), amount_minor=777))

    assert judge.asked[-1].alike == NONE_ALIKE


def at_position(position: int, claim: EvidenceGathered) -> EvidenceGathered:
    return replace(claim, media=[replace(medium, sighting_position=position) for medium in claim.media])


def test_of_a_flood_the_newest_are_counted_and_it_is_said_that_there_are_more(database: Database) -> None:
    judge = AJudge()
    month_ago, flood = AT_MS - 30 * DAY_MS, range(READ_AT_MOST + 20)
    database.decide(judge, some_evidence("rr-0", requested_at_ms=month_ago))
    ages_ms = [AT_MS if n >= READ_AT_MOST else month_ago for n in flood]
    claims = [some_evidence(f"rr-{n + 1}", like=("rr-0",), requested_at_ms=ages_ms[n]) for n in flood]
    database.decide(judge, *(at_position(1_000 + n, claim) for n, claim in enumerate(claims)))

    database.decide(judge, some_evidence("rr-last", like=("rr-0",)))

    found = judge.asked[-1].alike
    assert found is not None
    assert (found.windows[0].claims, found.capped) == (20, True)
