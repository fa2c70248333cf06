"""What came out of a day of the demo, held against what each story leads to."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.records import RefundDecided
from streams.demo.platform import Seen
from streams.demo.requests import Asked
from streams.wording.tables import Wording, texts


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result in numbers; everything that did not come out as it should, in words; whether all was decided."""

    counts: dict[str, int | float]
    mismatches: tuple[Wording, ...]
    complete: bool


def outcome(seen: Seen, cases: int, poison: int, seconds: float) -> Outcome:
    """Return what came out, held against what each story leads to."""
    decided = len(set(seen.sent) & set(seen.decisions))
    verdicts = seen.verdicts
    counts = {
        "submitted": len(seen.sent),
        "decided": decided,
        "clear": verdicts["CLEAR"],
        "review": verdicts["REVIEW"],
        "cases": cases,
        "seconds": round(seconds, 1),
    }
    return Outcome(counts, tuple(_mismatches(seen, cases, poison)), complete=decided == len(seen.sent))


def _mismatches(seen: Seen, cases: int, poison: int) -> Iterator[Wording]:
    for found, asked in seen.sent.items():
        decision = seen.decisions.get(found)
        if decision is None:
            yield _said("undecided", request=asked.request.request_id, story=asked.story.words)
        elif not asked.story.came_out(decision.verdict, codes_of(decision)):
            yield _otherwise(decision, asked)
    for request_id, same in asked_twice(seen):
        if not same:
            yield _said("other_bytes", request=request_id)
    if cases != seen.verdicts["REVIEW"]:
        yield _said("cases", cases=cases, reviews=seen.verdicts["REVIEW"])
    if seen.dead_letters != poison:
        yield _said("dead_letters", letters=seen.dead_letters, poison=poison)


def _otherwise(decision: RefundDecided, asked: Asked) -> Wording:
    return _said(
        "otherwise",
        request=decision.request_id,
        story=asked.story.words,
        verdict=decision.verdict,
        codes=", ".join(sorted(codes_of(decision))) or _said("no_reason"),
        wanted=asked.story.verdict,
        wanted_codes=" / ".join(sorted(asked.story.codes)) or _said("no_reason"),
    )


def asked_twice(seen: Seen) -> Iterator[tuple[str, bool]]:
    """Yield each request that was sent twice, and whether both answers were the same bytes."""
    for found in seen.asked_twice:
        yield found[0], len(set(seen.answers.get(found, []))) == 1


def codes_of(decision: RefundDecided) -> set[str]:
    """Return the codes of a decision's reasons."""
    return {reason.code for reason in decision.reasons}


def _said(name: str, **values: object) -> Wording:
    return texts("demo/mismatches")[name].filled(**values)
