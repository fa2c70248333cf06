"""Overrides that change nothing, because a later one says otherwise for all their requests."""

from collections.abc import Iterator
from datetime import date

from streams.policy.document import Override, PolicyDocument

_LISTS = ("categories", "merchants", "products", "buyers")


def outdone(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    """Yield the path of each such override, and what to do."""
    for at, override in enumerate(document.overrides):
        if any(_says_all_of(later, override) for later in document.overrides[at + 1 :]):
            what = (
                "a later override says otherwise for every request that this one speaks of: remove it, or put it behind"
            )
            yield f"$.overrides[{at}]", what


def _says_all_of(later: Override, override: Override) -> bool:
    """Return whether the later one, which comes before it, speaks of all its requests and sets all that it sets."""
    wider = all(not (mine := getattr(later, name)) or _within(getattr(override, name), mine) for name in _LISTS)
    longer = (later.begins or date.min) <= (override.begins or date.min)
    longer = longer and (later.until or date.max) >= (override.until or date.max)
    return (
        wider
        and longer
        and override.amount_limits.keys() <= later.amount_limits.keys()
        and (override.hold_s is None or later.hold_s is not None)
        and (override.audit_share is None or later.audit_share is not None)
        and override.rules_off <= later.rules_off
    )


def _within(few: frozenset[str], many: frozenset[str]) -> bool:
    """Return whether a list names only what the other one names; one that is left out names everything."""
    return bool(few) and few <= many
