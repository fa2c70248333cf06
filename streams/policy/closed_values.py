"""Texts that a rule may not ask for or give: those that a variable never holds, and reasons that are not rules'.

CEL takes any text. ``request.kind == "refund-only"`` would be false of every request, and clear what it was to stop.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import get_args, get_type_hints

from schemas.records import ClaimMedium, EarlierSighting, ReferenceMedium, RefundRequested
from streams.policy.compiled import Policy
from streams.policy.document import PolicyDocument
from streams.policy.refusals import meant, near
from streams.policy.variables import ONLY_UNMEASURED, VARIABLES

_OF_RECORDS = {
    "request.kind": (RefundRequested, "kind"),
    "photo.capture_source": (ClaimMedium, "capture_source"),
    "comparison.origin": (ReferenceMedium, "origin"),
    "sighting.source": (EarlierSighting, "source"),
}

_CURRENCY = re.compile("[A-Z]{3}")
_CODE = ": write its ISO 4217 code, three capital letters, as CNY"
_NO_RULES = frozenset(
    {
        "CONTENT_CHANGED",
        "HUMAN_REVIEW_ASKED",
        "LINKED_TO_FORGERY",
        "MERCHANT_OBJECTION",
        "POLICY_HOLD",
        "RANDOM_AUDIT",
    }
)
"""Reasons of the engine and of people: what is missed is estimated from the random audit, merchants by objections."""


@cache
def closed_values() -> dict[str, frozenset[str]]:
    """Return the texts that each of these variables may hold; of ``unmeasured`` those that may be in it."""
    of_records = {
        name: frozenset(get_args(get_type_hints(record)[field])) for name, (record, field) in _OF_RECORDS.items()
    }
    readings = frozenset(one.reading for one in VARIABLES.values() if one.is_reading) | ONLY_UNMEASURED
    return of_records | {"unmeasured": readings}


def impossible(policy: Policy) -> Iterator[tuple[str, int, str]]:
    """Yield the path of each condition that asks for a text that is never there, the place in it, and what is wrong."""
    for path, one in policy.conditions():
        for name, text, offset in one.expression.compared():
            known = closed_values().get(name)
            if why := no_currency(name, text):
                yield path, offset, one.rule.said(why)
            if known is not None and text not in known:
                verb = "never holds" if name == "unmeasured" else "is never"
                yield path, offset, one.rule.said(f"{name} {verb} {text!r}{meant(text, known)}")


def no_currency(name: str, text: str) -> str:
    """Return why a text is never the request's currency; empty where it may be, or is another variable's."""
    if name != "request.currency" or _CURRENCY.fullmatch(text):
        return ""
    code = near(text, [text.upper()]) if _CURRENCY.fullmatch(text.upper()) else _CODE
    return f"{name} is never {text!r}{code}"


def reasons_of_others(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    """Yield the path of each reason that no rule may give, and what is wrong."""
    for at, rule in enumerate(document.rules):
        if rule.reason in _NO_RULES:
            what = f"no rule may give {rule.reason}, by which figures are counted: choose another reason"
            yield f"$.rules[{at}].reason", rule.said(what)
