"""Sums of one currency where a policy knows several: what says nothing of the others, or means another sum in each."""

from collections.abc import Collection, Iterator

from streams.policy.compiled import CompiledRule, Policy
from streams.policy.document import PolicyDocument
from streams.policy.ranges import below, compared
from streams.policy.variable import MINOR
from streams.policy.variables import VARIABLES

NO_CODES = {"RMB": "CNY", "CNH": "CNY", "NTD": "TWD", "YEN": "JPY", "STG": "GBP"}
"""What people write for a currency, and its code."""
_LIMITS = "limits"
"""What the names of the limits in a request's own currency begin with."""


def known_currencies(document: PolicyDocument) -> set[str]:
    """Return the currencies in which a policy lets anything be refunded without a person."""
    return set(document.amount_limits).union(*(one.amount_limits for one in document.overrides))


def other_currencies(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    """Yield the path of each list of sums that leaves out a currency, or names what is none; and what that means."""
    known = known_currencies(document)
    limits = [("$.amount_limits", document.amount_limits)]
    limits += [(f"$.overrides[{at}].amount_limits", one.amount_limits) for at, one in enumerate(document.overrides)]
    for path, named in limits:
        for name, code in _no_codes(named):
            what = f"{name} is no code of ISO 4217: requests in {code} are not meant, and all reviewed. Write {code}"
            yield f"{path}.{name}", what
    for at, entry in enumerate(document.not_eligible):
        path, sums = f"$.not_eligible[{at}].above_minor", entry.above_minor
        for name, code in _no_codes(sums):
            yield f"{path}.{name}", f"{name} is no code of ISO 4217: requests in {code} are not meant. Write {code}"
        missing = sorted(known - sums.keys() - {code for _, code in _no_codes(sums)})
        if sums and missing:
            what = (
                f"this says nothing of {', '.join(missing)}: there nobody can say, and a person looks. "
                "Give a sum for each currency (0: always with return)"
            )
            yield path, what


def _no_codes(named: Collection[str]) -> list[tuple[str, str]]:
    """Return what is no currency's code, and the code that was meant, where that is not there too."""
    return [(name, code) for name, code in NO_CODES.items() if name in named and code not in named]


def no_codes_asked(policy: Policy) -> Iterator[tuple[str, int, str]]:
    """Yield the path of each condition that asks for what is no currency's code; where, and which was meant."""
    for path, one in policy.conditions():
        for name, text, offset in one.expression.compared():
            if name == "request.currency" and (code := NO_CODES.get(text)):
                what = f"{text} is no code of ISO 4217: requests in {code} are not meant. Write {code}"
                yield path, offset, one.rule.said(what)


def whatever_currency(policy: Policy) -> Iterator[tuple[str, int, str]]:
    """Yield the path of each condition that compares a sum with a number whatever the currency; where, and why not."""
    if len(known_currencies(policy.document)) < 2:  # noqa: PLR2004 - one currency is no other
        return
    sums = {one.name for one in VARIABLES.values() if one.unit == MINOR and one.prefix != _LIMITS}
    for path, one in policy.conditions():
        if _asks_the_currency(one):
            continue
        expression = one.expression
        for node in below(expression.root):
            found = compared(expression, node, sums)
            if found is not None and found[2] != 0:
                what = (
                    f"{found[0]} is compared with {found[2]:,.0f} in whatever currency, which is another sum in each: "
                    "add request.currency, or compare with limits.single_limit_minor"
                )
                yield path, expression.offset(node), one.rule.said(what)


def _asks_the_currency(one: CompiledRule) -> bool:
    return any(each.name == "request.currency" or each.prefix == _LIMITS for each in one.used)
