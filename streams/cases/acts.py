"""What is done to cases, and who does it, why and when."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

import msgspec

SYSTEM = "system"
"""Who opens a case for a decision."""
Each = TypeVar("Each")
LOCAL = "local:"
"""How the name begins of whoever uses the command line: the operating system let them in, no key says who they are."""

SHOWS_NOTHING = (
    r"\x00-\x20\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
"""Signs of which nobody sees anything, as a class of a regular expression: a text of these alone says nothing."""
_SHOWN = re.compile(f"[^{SHOWS_NOTHING}]")


def shows_something(text: str) -> bool:
    """Return whether somebody who reads the text sees any of it."""
    return _SHOWN.search(text) is not None


class Action(StrEnum):
    """What the audit trail of a case says was done to it."""

    CASE_OPENED = "CASE_OPENED"
    """For a decision that asks for a person, or for a confirmed forgery that touches a cleared claim."""
    HEARD_ELSEWHERE = "HEARD_ELSEWHERE"
    """Whoever the case waited for answered outside this system, as the actor says."""
    TIMED_OUT = "TIMED_OUT"
    """Whoever the case waited for was silent until the deadline."""
    ASSIGNED = "ASSIGNED"
    """One person reviews it from here on."""
    SKIPPED = "SKIPPED"
    """The reviewer gave it back undecided."""
    LEASE_EXPIRED = "LEASE_EXPIRED"
    """The reviewer was not there any more."""
    HELD = "HELD"
    """The reviewer keeps it without working on it for a while."""
    HANDED_OVER = "HANDED_OVER"
    """Another person reviews it instead."""
    BUYER_SHOWN = "BUYER_SHOWN"
    """A reviewer was shown whose claim it is."""
    STATEMENT_MADE = "STATEMENT_MADE"
    """A party said something on it; the note is what it said."""
    EVIDENCE_SENT = "EVIDENCE_SENT"
    """A party sent further photos or videos."""
    EVIDENCE_READ = "EVIDENCE_READ"
    """What a party sent was looked at; the entry commits to which bytes it was and what was read."""
    HUMAN_REVIEW_ASKED = "HUMAN_REVIEW_ASKED"
    """A party demands that a person looks."""
    OBJECTED = "OBJECTED"
    """The merchant objects to a claim that was cleared."""
    GRANTED = "GRANTED"
    """The verdict that the refund is paid."""
    REFUSED = "REFUSED"
    """The verdict that the refund is not paid."""
    MORE_EVIDENCE = "MORE_EVIDENCE"
    """A reviewer asks the parties for more; that decides nothing."""
    VERDICT_KEPT = "VERDICT_KEPT"
    """A verdict that is kept until another person came to one without seeing it."""
    APPEALED = "APPEALED"
    """A party asks for another person's verdict."""
    WITHDRAWN = "WITHDRAWN"
    """The platform takes the request back."""
    FORGERY_CONFIRMED = "FORGERY_CONFIRMED"
    """The verdict that its photos are forged."""
    FORGERY_REVOKED = "FORGERY_REVOKED"
    """That verdict was taken back."""
    RELINKED = "RELINKED"
    """It was opened for a confirmed forgery that was revoked, and stays open for another one."""
    CLOSED = "CLOSED"
    """Nothing keeps it open any more."""
    CASE_REOPENED = "CASE_REOPENED"
    """What it was opened for is there again."""
    HARMLESS_MARKED = "HARMLESS_MARKED"
    """A resemblance of one of its photos means nothing."""
    HARMLESS_UNMARKED = "HARMLESS_UNMARKED"
    """A resemblance of one of its photos counts again."""
    RECOMMENDATION_CLOSED = "RECOMMENDATION_CLOSED"
    """What was recommended on it was done, or declined, as the actor says."""
    GOLDEN_MARKED = "GOLDEN_MARKED"
    """It is handed out again now and then, to see how reviewers judge."""
    GOLDEN_UNMARKED = "GOLDEN_UNMARKED"
    """It is handed out again no longer."""
    PHOTOS_ERASED = "PHOTOS_ERASED"
    """Photos of it went because the person asked for it."""
    WORDS_ERASED = "WORDS_ERASED"
    """What was said on it until then cannot be read any more, because the person asked for it."""


UNSEEN = frozenset(
    {
        Action.ASSIGNED,
        Action.SKIPPED,
        Action.LEASE_EXPIRED,
        Action.HELD,
        Action.HANDED_OVER,
        Action.BUYER_SHOWN,
        Action.HEARD_ELSEWHERE,
        Action.VERDICT_KEPT,
    }
)
"""What reviewers do before a verdict stands: whoever decides after them must not learn that somebody was there."""

NEWS = frozenset(
    {
        Action.STATEMENT_MADE,
        Action.EVIDENCE_SENT,
        Action.EVIDENCE_READ,
        Action.HARMLESS_MARKED,
        Action.HARMLESS_UNMARKED,
    }
)
"""What there is to see on a case that was not there before, wherever it stands: a verdict on less is out of date."""


class AuditAct(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts, why, and when (Unix milliseconds); every audit entry that the act makes bears this name and time.

    ``speaks_for`` are the parties in whose name they may act too, as ("merchant" or "buyer", its id).
    """

    by: str
    note: str
    at_ms: int
    speaks_for: frozenset[tuple[str, str]] = frozenset()


def person_of(actor: str) -> str:
    """Return what is one for all names under which a person may act, to compare: it is no name to show.

    Whoever has an account may use the command line, too. Capitals and wide letters make nobody another person.
    """
    return unicodedata.normalize("NFKC", actor).casefold().removeprefix(LOCAL)


def names_of_person(actor: str) -> tuple[str, str, str]:
    """Return under which names the person who acts as ``actor`` may be on record, where an index is to find them.

    As :func:`person_of` has them, and as they write their name: with an account, and without a key.
    """
    name = actor.removeprefix(LOCAL)
    return person_of(actor), name, LOCAL + name


def by_person(of_name: Iterable[tuple[str, Each]]) -> dict[str, list[Each]]:
    """Return what there is of each person, once for all names that they act under.

    A person stands under the name of their account, where that is among them; persons in the order of their first.
    """
    names: dict[str, str] = {}
    found: dict[str, list[Each]] = {}
    for name, each in of_name:
        person = person_of(name)
        names[person] = min(names.get(person, name), name, key=lambda one: (one.startswith(LOCAL), one))
        found.setdefault(person, []).append(each)
    return {names[person]: every for person, every in found.items()}


def same_person(one: str, other: str) -> bool:
    """Return whether two actors are one person."""
    return person_of(one) == person_of(other)


def by_system(at_ms: int) -> AuditAct:
    """Return an act of the system itself: there is nothing to note."""
    return AuditAct(by=SYSTEM, note="", at_ms=at_ms)
