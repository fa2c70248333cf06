"""Shares, agreement, recall and spreads: how sure a figure is that was counted from so many cases.

Intervals of shares are Wilson's (1927). Cohen's kappa (1960) has the simple interval that he gave for it. Few cases
give wide intervals, and that is what they are shown for.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

import msgspec

from streams.cases.acts import by_person
from streams.cases.intervals import Z, wilson


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """``hits`` of ``of`` as a share (0 to 1) with its interval; all three are None where there was nothing to count."""

    hits: int
    of: int
    share: float | None
    low: float | None
    high: float | None


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """How often two looks at one case came to one verdict, and Cohen's kappa: agreement beyond chance."""

    agreed: Share
    kappa: float | None
    low: float | None
    high: float | None


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two verdicts that two people came to on one case without seeing each other's."""

    reviewer: str
    other: str
    rule: str
    verdict: str
    other_verdict: str


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """Which share of bad claims is reviewed: ``missed`` among ``cleared`` is projected from the random audit."""

    audited: Share
    cleared: int
    caught: int
    recall: float | None
    low: float | None
    high: float | None


def share(hits: int, of: int) -> Share:
    """Return a share with Wilson's interval."""
    if of == 0:
        return Share(hits=hits, of=of, share=None, low=None, high=None)
    low, high = wilson(hits, of)
    return Share(hits=hits, of=of, share=hits / of, low=low, high=high)


def agreement(pairs: Sequence[Pair]) -> Agreement:
    """Return how far the two verdicts of each pair agree; kappa is None where chance alone would always agree."""
    hits, of = sum(pair.verdict == pair.other_verdict for pair in pairs), len(pairs)
    agreed = share(hits, of)
    if agreed.share is None:
        return Agreement(agreed=agreed, kappa=None, low=None, high=None)
    first = Counter(pair.verdict for pair in pairs)
    second = Counter(pair.other_verdict for pair in pairs)
    chance = sum(first[name] * second[name] for name in first) / of**2
    if chance >= 1:
        return Agreement(agreed=agreed, kappa=None, low=None, high=None)
    kappa = (agreed.share - chance) / (1 - chance)
    half = Z * math.sqrt(agreed.share * (1 - agreed.share) / of) / (1 - chance)
    return Agreement(agreed=agreed, kappa=kappa, low=max(-1.0, kappa - half), high=min(1.0, kappa + half))


def by_reviewer(pairs: Iterable[Pair]) -> dict[str, Agreement]:
    """Return, for each person, how far they agree with the others who looked at the same cases."""
    found: list[tuple[str, Pair]] = []
    for pair in pairs:
        turned = Pair(
            reviewer=pair.other,
            other=pair.reviewer,
            rule=pair.rule,
            verdict=pair.other_verdict,
            other_verdict=pair.verdict,
        )
        found += [(pair.reviewer, pair), (pair.other, turned)]
    return {name: agreement(own) for name, own in sorted(by_person(found).items())}


def by_rule(pairs: Iterable[Pair]) -> dict[str, Agreement]:
    """Return, for each rule, how far reviewers agree on the cases that the first one decided by it."""
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(pair.rule, []).append(pair)
    return {name: agreement(own) for name, own in sorted(found.items())}


def recall(audited: Share, cleared: int, caught: int) -> Recall:
    """Return the share of bad claims that went to review, with its interval.

    ``audited`` is the share of bad claims in the random audit, which was drawn by lot: as large a share of the
    ``cleared`` claims is taken to be bad. ``caught`` counts bad claims that were found without the audit.
    """

    def of(bad: float | None) -> float | None:
        if bad is None or caught + bad * cleared == 0:
            return None
        return caught / (caught + bad * cleared)

    return Recall(
        audited=audited,
        cleared=cleared,
        caught=caught,
        recall=of(audited.share),
        low=of(audited.high),
        high=of(audited.low),
    )


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Median and 95th percentile of ``of`` durations, in seconds; None where there are no durations."""

    of: int
    median_s: float | None
    p95_s: float | None


def spread(durations_ms: Mapping[int, int]) -> Spread:
    """Return the median and 95th percentile (nearest rank); keys are milliseconds, values how many took so long."""
    of = sum(durations_ms.values())
    if not of:
        return Spread(of=0, median_s=None, p95_s=None)
    ordered = sorted(durations_ms)
    upto = list(accumulate(durations_ms[one] for one in ordered))
    median_s, p95_s = (ordered[bisect_left(upto, max(1, math.ceil(part * of)))] / 1_000 for part in (0.5, 0.95))
    return Spread(of=of, median_s=median_s, p95_s=p95_s)
