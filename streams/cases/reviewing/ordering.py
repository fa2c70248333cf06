"""In which order waiting cases are handed out: risk, deadline, waiting time, and nobody floods the queue.

Each case gets a **rank** once, when it begins to wait: a time. The lowest rank goes out first, so whoever waits longer
goes up by itself, and no case starves: nothing that comes later than the rank allows can overtake it.

    start = the later of: now; the last start of the same cluster + 1 min; the last start of the same person + 5 min
    rank  = start - lead for its risk (30 min, or none) - lead of an appeal or a second look (1 h),
            and never later than 4 h before its deadline

Risk counts in two steps, and within each whoever comes first goes first: ordered by every point, a few points less made
a case wait for all the others, and a small claim for smaller ones.

The starts are start-time fair queueing (Goyal, Vin, Cheng 1996): a cluster of a thousand claims gets one turn a minute
while others wait, and every turn when nobody does.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from schemas.units import HOUR_MS, MINUTE_MS
from streams.cases.case import Case
from streams.cases.looks import Look
from streams.cases.states import CaseState

CLUSTER_SPACING_MS = MINUTE_MS
PERSON_SPACING_MS = 5 * MINUTE_MS
RISK_LEAD_MS = 30 * MINUTE_MS
"""How much earlier a case counts as come that more speaks against than :data:`SMALL_SCORE`."""
POINT_LEAD_MS = 10
"""How much earlier each point of the score counts: of those that come together, the riskier goes first."""
AGAIN_LEAD_MS = HOUR_MS
DEADLINE_LEAD_MS = 4 * HOUR_MS
SMALL_AMOUNT_MINOR = 5_000
SMALL_SCORE = 60
"""Up to which amount, and which score, a claim is a small one that little speaks against."""
SHARE_OVER_MS = HOUR_MS
"""Over which time the reserved share is counted, and the work on it."""
FREE_FOR_MS = MINUTE_MS
"""How long somebody counts as free after they asked and were given nothing."""
RANDOM_AUDIT = "RANDOM_AUDIT"

WAITING = frozenset(
    {CaseState.READY, CaseState.AWAITING_SECOND_REVIEWER, CaseState.APPEALED, CaseState.MERCHANT_APPEALED}
)
"""Where a case waits until the system gives it to a reviewer."""


class Lane(StrEnum):
    """Which share of the reviewers' time a case may count on."""

    RESERVED = "reserved"
    """Small claims that little speaks against, and the random audit: they have a share of their own."""
    OTHER = "other"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A case's place among those that wait for a reviewer; times in Unix milliseconds."""

    case_id: str
    lane: Lane
    ready_at_ms: int
    start_at_ms: int
    rank_at_ms: int
    cluster_id: str
    person: str
    buyer_id: str
    merchant_id: str
    category: str
    language: str
    waiting: bool = True


class Turns:
    """Gives waiting cases their places, after the last start of each cluster and person (Unix milliseconds)."""

    def __init__(self, clusters: Mapping[str, int], persons: Mapping[str, int]) -> None:
        self._clusters = dict(clusters)
        self._persons = dict(persons)

    def place(self, case: Case, now_ms: int, words: Iterable[str] = ()) -> Place:
        """Return the place of a case that begins to wait at ``now_ms``; ``words`` are what parties said on it."""
        start = max(
            now_ms,
            self._clusters.get(case.cluster_id, now_ms - CLUSTER_SPACING_MS) + CLUSTER_SPACING_MS,
            self._persons.get(case.person, now_ms - PERSON_SPACING_MS) + PERSON_SPACING_MS,
        )
        self._clusters[case.cluster_id] = self._persons[case.person] = start
        return Place(
            case_id=case.case_id,
            lane=lane_of(case),
            ready_at_ms=now_ms,
            start_at_ms=start,
            rank_at_ms=rank_ms(case, start),
            cluster_id=case.cluster_id,
            person=case.person,
            buyer_id=case.buyer_id,
            merchant_id=case.merchant_id,
            category=case.category,
            language=language_of(words),
        )


def rank_ms(case: Case, start_ms: int) -> int:
    """Return the rank of a case whose turn starts at ``start_ms``, both Unix milliseconds; the lowest goes first."""
    lead = POINT_LEAD_MS * min(max(case.score, 0), 100) + (RISK_LEAD_MS if case.score > SMALL_SCORE else 0)
    rank = start_ms - lead - (0 if case.look is Look.FIRST else AGAIN_LEAD_MS)
    return rank if case.due_at_ms is None else min(rank, case.due_at_ms - DEADLINE_LEAD_MS)


def lane_of(case: Case) -> Lane:
    """Return the lane of a case: ``RESERVED`` for small claims and the random audit."""
    small = case.amount_minor <= SMALL_AMOUNT_MINOR and case.score <= SMALL_SCORE
    return Lane.RESERVED if small or RANDOM_AUDIT in case.reason_codes else Lane.OTHER


def lanes_for(reserved: int, given: int, reserved_share: float, *, stays_free: bool = False) -> tuple[Lane | None, ...]:
    """Return the lanes to look into, in turn; None in it: both lanes as one.

    Of the ``given`` cases that went out lately (:data:`SHARE_OVER_MS`), ``reserved`` were of the reserved lane. That
    lane goes first while it has less than its share. It is counted, not drawn by lot: by lot, one case in twenty would
    wait for fifteen turns. Whoever ``stays_free`` for the reserved lane is given nothing else.
    """
    if stays_free:
        return (Lane.RESERVED,)
    return (Lane.RESERVED, None) if reserved < reserved_share * (given + 1) else (None,)


def has_to_stay_free(at_work: int, others_free: int, one_in: int, reserved_busy: float) -> bool:
    """Return whether somebody who is free has to stay so for the reserved lane.

    Of every ``one_in`` reviewers ``at_work`` (0: of none) one stays free, the first from half of them on; of a few half
    at most; ``others_free`` already are. But never more stay free than that lane alone kept busy lately
    (``reserved_busy``, a number of reviewers): where its claims are rare, nobody sits idle beside those who wait.
    """
    if one_in == 0:
        return False
    return others_free < min((at_work + one_in // 2) // one_in, at_work // 2, int(reserved_busy))


def kept_busy(worked_ms: int) -> float:
    """Return how many reviewers ``worked_ms`` of work keep busy, done in the last :data:`SHARE_OVER_MS`."""
    return worked_ms / SHARE_OVER_MS


def language_of(words: Iterable[str]) -> str:
    """Return the language that a reviewer has to read: ``zh`` with any Chinese character, ``en``, or none at all."""
    text = "".join(words)
    if any(0x3400 <= ord(letter) <= 0x9FFF for letter in text):  # noqa: PLR2004 - CJK ideographs in Unicode
        return "zh"
    return "en" if any(letter.isascii() and letter.isalpha() for letter in text) else ""
