"""Overrides that change nothing, because a later one says otherwise for all their requests."""

from collections.abc import Iterator
from datetime import date

from streams.policy.document import Override, PolicyDocument


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
    return (
        _names_all(later.merchants, override.merchants)  # what thousands of overrides differ in comes first
        and _names_all(later.products, override.products)
        and _names_all(later.buyers, override.buyers)
        and _names_all(later.categories, override.categories)
        and (later.begins or date.min) <= (override.begins or date.min)
        and (later.until or date.max) >= (override.until or date.max)
        and override.amount_limits.keys() <= later.amount_limits.keys()
        and (override.hold_s is None or later.hold_s is not None)
        and (override.audit_share is None or later.audit_share is not None)
        and override.rules_off <= later.rules_off
    )


def _names_all(many: frozenset[str], few: frozenset[str]) -> bool:
    """Return whether one list names all that another does; one that is left out names everything."""
    return not many or (bool(few) and few <= many)
