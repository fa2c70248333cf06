"""Whose turn a verdict is: the first reviewer's, a second one's who is shown nothing of the first, or a senior's.

Where another person has to come to an equal verdict, the first one is *kept*: the case has none yet, nobody is told.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Literal

import msgspec

from streams.cases.asked import Asked
from streams.cases.legal_tiers import ForgedSums, LegalTiers, Tier
from streams.cases.lots import drawn

VerdictName = Literal["GRANT", "REFUSE", "FORGERY_CONFIRMED", "MORE_EVIDENCE"]


class Look(StrEnum):
    """Which look at the case the next verdict comes from."""

    FIRST = "FIRST"
    SECOND = "SECOND"
    """One verdict is kept; another person comes to one without seeing it."""
    SENIOR = "SENIOR"
    """Two verdicts that differ are kept; a senior who gave neither sees both and decides."""
    APPEAL = "APPEAL"
    """One person who gave no earlier verdict decides an appeal."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict as a person gives it, under a ``rule`` (a code), with what it rests on.

    ``photos`` are the media ids of a forgery; ``asked`` is what MORE_EVIDENCE asks for; ``fields`` are the further
    fields that the procedure requires. The rationale is the note of the act.
    """

    verdict: VerdictName
    rule: str
    photos: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    fields: Mapping[str, str] = {}


class VerdictRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict on record; ``number`` counts those of the case from 1."""

    case_id: str
    number: int
    by: str
    at_ms: int
    look: Look
    given: Given


def drawn_for_second_look(key: bytes, case_id: str, share: float) -> bool:
    """Return whether the lot sends the case to a second reviewer, whatever the first one says.

    ``share`` (0 to 1) of all cases are drawn. The lot repeats, and nobody without ``key`` can foretell it.
    """
    return drawn(key, b"second look", case_id, share)


def is_criminal(tiers: LegalTiers, sums: ForgedSums, currency: str, amount_minor: int, at_ms: int) -> bool:
    """Return whether a forgery would take its person to the criminal tier, were this refund paid too.

    ``sums`` are what was confirmed before. A sum that cannot be compared counts as criminal: a second look harms
    nobody.
    """
    paid = {**sums.completed, currency: sums.completed.get(currency, 0) + amount_minor}
    found = tiers.reached(ForgedSums(completed=paid, attempted=sums.attempted), at_ms)
    return found.tier.rank >= Tier.CRIMINAL.rank or bool(found.unmeasured)


def first_kept(record: Sequence[VerdictRecord]) -> Given:
    """Return the first reviewer's verdict that is kept until a second one is given; there has to be one."""
    return next(
        one.given for one in reversed(record) if one.look is Look.FIRST and one.given.verdict != "MORE_EVIDENCE"
    )


def agreed(first: Given, second: Given) -> Given | None:
    """Return the verdict that two people agree on, None where they differ.

    Two forgeries are one verdict where they share photos, and then of those.
    """
    if first.verdict != second.verdict:
        return None
    if second.verdict != "FORGERY_CONFIRMED":
        return second
    both = tuple(name for name in second.photos if name in first.photos)
    return msgspec.structs.replace(second, photos=both) if both else None
