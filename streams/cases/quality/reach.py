"""Cases that wait for a reviewer and that nobody may decide: whoever there is did so before, or must not, or cannot.

Such a case waits until its deadline, and only somebody more, or a role more, ends that. Whoever is away or has their
hands full is there all the same: they come to it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec


class Why(StrEnum):
    """Why nobody may decide a case that waits, the first that holds."""

    NO_REVIEWER = "no_reviewer"
    """Nobody reviews here at all."""
    NO_SENIOR = "no_senior"
    """Two reviewers differ, and there is no senior."""
    NO_SKILL = "no_skill"
    """Nobody is given cases of its category and language."""
    NOBODY_LEFT = "nobody_left"
    """All who could gave a verdict on it before, or have a conflict of interest."""
    SKIPPED_BY_ALL = "skipped_by_all"
    """All who still may gave it back: it goes to nobody for a while."""


class Decider(NamedTuple):
    """Somebody who reviews, as :func:`streams.cases.acts.person_of` has them; no skill named: they know everything."""

    person: str
    senior: bool
    categories: Collection[str] = ()
    languages: Collection[str] = ()


class Sort(NamedTuple):
    """What of a waiting case says who could decide it; ``senior``: a senior alone."""

    category: str
    language: str
    senior: bool


class Kept(NamedTuple):
    """A waiting case, since when it waits, and who is kept from it: for good, and those who only skipped it."""

    case_id: str
    sort: Sort
    ready_at_ms: int
    barred: Collection[str]
    skipped: Collection[str] = ()


class Stranded(msgspec.Struct, frozen=True, kw_only=True):
    """A waiting case that nobody may decide, and since when it waits (Unix milliseconds)."""

    case_id: str
    why: Why
    ready_at_ms: int


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How many waiting cases nobody may decide, by why; ``cases`` are those that wait longest of them."""

    counts: Mapping[Why, int]
    cases: tuple[Stranded, ...] = ()


def candidates(sort: Sort, people: Iterable[Decider]) -> set[str]:
    """Return who could decide a case of such a sort, if nothing kept them from it."""
    return {
        one.person
        for one in people
        if (one.senior or not sort.senior)
        and (not one.categories or sort.category in one.categories)
        and (not one.languages or not sort.language or sort.language in one.languages)
    }


def why_nobody(sort: Sort, people: Collection[Decider]) -> Why | None:
    """Return why nobody could decide any case of such a sort; None: somebody could."""
    if candidates(sort, people):
        return None
    if not people:
        return Why.NO_REVIEWER
    return Why.NO_SENIOR if sort.senior and not any(one.senior for one in people) else Why.NO_SKILL


def stranded(cases: Iterable[Kept], people: Collection[Decider]) -> Iterator[Stranded]:
    """Yield those of these cases that nobody may decide though somebody could decide others of their sort."""
    able: dict[Sort, set[str]] = {}
    for one in cases:
        could = able.setdefault(one.sort, candidates(one.sort, people))
        left = could - set(one.barred)
        if could and not left - set(one.skipped):
            why = Why.SKIPPED_BY_ALL if left else Why.NOBODY_LEFT
            yield Stranded(case_id=one.case_id, why=why, ready_at_ms=one.ready_at_ms)


def fewest(sorts: Iterable[Sort], people: Collection[Decider]) -> int | None:
    """Return how many could decide a case of the sort for which that is the least, but for nobody; None: of no sort."""
    return min((able for sort in sorts if (able := len(candidates(sort, people)))), default=None)
