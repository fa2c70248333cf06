"""How good verdicts and rules are: agreement, overturned verdicts, precision and recall, from what is on record."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import msgspec

from streams.cases.acts import by_person
from streams.cases.looks import Look
from streams.cases.quality.statistics import (
    Agreement,
    Pair,
    Recall,
    Share,
    Spread,
    agreement,
    by_reviewer,
    by_rule,
    recall,
    share,
    spread,
)
from streams.cases.reviewing.ordering import RANDOM_AUDIT

AGAINST_BUYER = frozenset({"REFUSE", "FORGERY_CONFIRMED"})
"""Verdicts by which a review was right to look."""


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict on record: who came to it, at which look, by which rule."""

    case_id: str
    reviewer: str
    look: Look
    verdict: str
    rule: str


_WENT = attrgetter("reviewer", "look", "verdict", "rule")


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What :func:`compared` counts: pairs of verdicts that two people came to, neither seeing the other's.

    ``appealed`` has by reviewer, for each of their verdicts that was appealed, whether it was overturned.
    """

    pairs: Sequence[Pair]
    appealed: Mapping[str, Sequence[bool]]


class VerdictCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases had the same verdict, reasons for review, and merchant."""

    verdict: str
    reason_codes: tuple[str, ...]
    merchant_id: str = ""
    cases: int = 1


class Durations(NamedTuple):
    """How long cases waited for a reviewer, were in a reviewer's hands until decided, and were in a hearing before.

    Keys are milliseconds, values how many cases took so long.
    """

    waiting: Mapping[int, int]
    handling: Mapping[int, int]
    hearing: Mapping[int, int]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What was done since ``since_ms``, counted for :func:`quality`.

    ``decided`` counts decided cases, ``cleared`` the claims that a machine cleared. ``golden`` is what reviewers came
    to beside what is right.
    """

    since_ms: int
    compared: Compared
    decided: Sequence[VerdictCount]
    cleared: int
    durations: Durations
    golden: Sequence[Pair] = ()


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """How good the review of some days was; the keys are reviewers, rules of verdicts, and reasons of the policy.

    ``golden`` is how far reviewers agree with what is known of golden cases.
    """

    since_ms: int
    agreement: Agreement
    by_reviewer: Mapping[str, Agreement]
    by_rule: Mapping[str, Agreement]
    overturned: Share
    overturned_by_reviewer: Mapping[str, Share]
    precision: Mapping[str, Share]
    by_merchant: Mapping[str, Mapping[str, int]]
    recall: Recall
    waiting: Spread
    handling: Spread
    hearing: Spread
    golden: Agreement
    golden_by_reviewer: Mapping[str, Agreement]


def quality(record: Record) -> Quality:
    """Return how good the review was, from what is on ``record``."""
    pairs, appealed = record.compared.pairs, record.compared.appealed
    every = [each for own in appealed.values() for each in own]
    audited = [each for each in record.decided if each.reason_codes == (RANDOM_AUDIT,)]
    bad = _against(audited)
    caught = _against(record.decided) - bad
    return Quality(
        since_ms=record.since_ms,
        agreement=agreement(pairs),
        by_reviewer=by_reviewer(pairs),
        by_rule=by_rule(pairs),
        overturned=share(sum(every), len(every)),
        overturned_by_reviewer=_overturned_by_reviewer(appealed),
        precision=precision(record.decided),
        by_merchant=by_merchant(record.decided),
        recall=recall(share(bad, sum(each.cases for each in audited)), record.cleared, caught),
        waiting=spread(record.durations.waiting),
        handling=spread(record.durations.handling),
        hearing=spread(record.durations.hearing),
        golden=agreement(record.golden),
        golden_by_reviewer=_golden_by_reviewer(record.golden),
    )


def compared(found: Iterable[Looked]) -> Compared:
    """Return what verdicts on cases say that several people looked at; each case's come together, oldest first.

    Cases that went alike are looked at once, however many there are.
    """
    known: dict[tuple[object, ...], tuple[list[Pair], dict[str, list[bool]]]] = {}
    pairs: list[Pair] = []
    appealed: dict[str, list[bool]] = {}
    for _, verdicts in groupby(found, attrgetter("case_id")):
        of_case = list(verdicts)
        went = tuple(map(_WENT, of_case))
        if (said := known.get(went)) is None:
            said = known[went] = blind_pairs(of_case), overturned(of_case)
        pairs += said[0]
        for name, own in said[1].items():
            appealed.setdefault(name, []).extend(own)
    return Compared(pairs=pairs, appealed=appealed)


def blind_pairs(looked: Iterable[Looked]) -> list[Pair]:
    """Return pairs of a first and a second verdict, neither reviewer seeing the other's; ``looked``: oldest first."""
    first: dict[str, Looked] = {}
    found = []
    for each in _deciding(looked):
        if each.look is Look.FIRST:
            first[each.case_id] = each
        elif each.look is Look.SECOND and (one := first.get(each.case_id)) is not None:
            found.append(
                Pair(
                    reviewer=one.reviewer,
                    other=each.reviewer,
                    rule=one.rule,
                    verdict=one.verdict,
                    other_verdict=each.verdict,
                )
            )
    return found


def overturned(looked: Iterable[Looked]) -> dict[str, list[bool]]:
    """Return by reviewer, for each of their appealed verdicts, whether it was overturned; ``looked``: oldest first."""
    standing: dict[str, Looked] = {}
    found: dict[str, list[bool]] = {}
    for each in _deciding(looked):
        before = standing.get(each.case_id)
        if each.look is Look.APPEAL and before is not None:
            found.setdefault(before.reviewer, []).append(before.verdict != each.verdict)
        standing[each.case_id] = each
    return found


def by_merchant(decided: Iterable[VerdictCount]) -> dict[str, dict[str, int]]:
    """Return how many of each verdict there were on the cases of each merchant."""
    found: dict[str, Counter[str]] = {}
    for each in decided:
        found.setdefault(each.merchant_id, Counter())[each.verdict] += each.cases
    return {merchant: dict(sorted(counts.items())) for merchant, counts in sorted(found.items())}


def precision(decided: Iterable[VerdictCount]) -> dict[str, Share]:
    """Return, for each reason of the policy, which share of the cases with it was decided against the buyer."""
    bad, total = Counter[str](), Counter[str]()
    for each in decided:
        counted = dict.fromkeys(each.reason_codes, each.cases)
        total.update(counted)
        bad.update(counted if each.verdict in AGAINST_BUYER else {})
    return {code: share(bad[code], total[code]) for code in sorted(total)}


def _golden_by_reviewer(pairs: Iterable[Pair]) -> dict[str, Agreement]:
    found = by_person((pair.reviewer, pair) for pair in pairs)
    return {name: agreement(own) for name, own in sorted(found.items())}


def _overturned_by_reviewer(appealed: Mapping[str, Iterable[bool]]) -> dict[str, Share]:
    found = by_person((name, each) for name, own in appealed.items() for each in own)
    return {name: share(sum(own), len(own)) for name, own in sorted(found.items())}


def _against(decided: Iterable[VerdictCount]) -> int:
    return sum(each.cases for each in decided if each.verdict in AGAINST_BUYER)


def _deciding(looked: Iterable[Looked]) -> Iterator[Looked]:
    return (each for each in looked if each.verdict != "MORE_EVIDENCE")
