"""How many claims came in a short time with photos like those of a claim: a flood of one picture. Pure.

Two claims are alike when their photos belong to one cluster. Counted are the earlier claims of that kind, and the
newest other claims that are alike to one of them. What bears a later time,
but was decided before, counts as new, as with persons.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from schemas.units import HOUR_MS

HOURS = (1, 24)
READ_AT_MOST = 100
"""Claims that resemble one earlier claim that are read, the newest."""


class AlikeClaim(NamedTuple):
    """One claim, when it came, and whose it is."""

    request_id: str
    at_ms: int
    person: str


class AlikeWindow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How many claims with photos like these came in the hours before, and of how many persons."""

    claims: int = 0
    persons: int = 0


class Alike(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The windows of :data:`HOURS`; ``capped``: more claims than are read, so that these are the least there were."""

    windows: tuple[AlikeWindow, ...]
    capped: bool = False


NONE_ALIKE = Alike(windows=(AlikeWindow(),) * len(HOURS))
"""What is said where no photo resembles an earlier claim's."""


class AlikeLedger:
    """Answers which claims are alike at any moment of a batch."""

    def __init__(self, stored: Mapping[str, Sequence[AlikeClaim]]) -> None:
        """``stored`` has, by request id, the claims under that id and the newest ones that resemble it."""
        self._stored = stored
        self._new: dict[str, list[AlikeClaim]] = {}

    def record(self, request_id: str, earlier: Collection[str], at_ms: int) -> Alike:
        """Return how many claims are like that of a request whose photos resemble those of ``earlier`` requests."""
        if not earlier:
            return NONE_ALIKE
        lists = [one for name in earlier for one in (self._stored.get(name, ()), self._new.get(name, ()))]
        found = {one.request_id: one for claims in lists for one in claims if one.request_id != request_id}
        return Alike(
            windows=tuple(_window(found.values(), at_ms - hours * HOUR_MS) for hours in HOURS),
            capped=any(len(claims) > READ_AT_MOST for claims in lists),
        )

    def add(self, claim: AlikeClaim, earlier: Collection[str]) -> None:
        """Count a claim of this batch for those that follow, and with it those that it resembles."""
        for name in {claim.request_id, *earlier}:
            self._new.setdefault(name, []).append(claim)


def _window(claims: Collection[AlikeClaim], since_ms: int) -> AlikeWindow:
    inside = [one for one in claims if one.at_ms >= since_ms]
    return AlikeWindow(claims=len(inside), persons=len({one.person for one in inside}))
