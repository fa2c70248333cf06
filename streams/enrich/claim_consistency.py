"""One claim's photos against each other: where two show one view, what differs between them is shown to people.

A crab with eight legs in one photo and nine in the next. Two shots of one honest hand differ too, by a shadow or a
finger, so it is a reading for whoever looks, and the packaged policy has no rule on it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from schemas.records import Reading
from schemas.units import BOX
from streams.enrich.media import Seen
from streams.ports import Compared, Examined

Compare = Callable[[Examined, Sequence[Examined]], Awaitable[list[Compared]]]

MOST_PAIRS = 20
"""Pairs that are told, those that differ most first: evidence has to fit into one message."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two photos that show one view, by media id, and the share of area that differs."""

    later: str
    earlier: str
    differ: float
    compared: Compared


async def against_each_other(claims: Sequence[Seen], compare: Compare) -> list[Reading]:
    """Return ``claims_align`` and ``claims_differ`` of each pair of media that show one view, and where they differ.

    ``media_id`` is the later one as the buyer lists them, ``reference_id`` the earlier one. Copies of one file, and
    media that cannot be compared, say nothing.
    """
    found = await asyncio.gather(*(_with_earlier(claims[:place], one, compare) for place, one in enumerate(claims)))
    pairs = sorted((pair for pairs in found for pair in pairs), key=lambda pair: -pair.differ)
    told = [reading for pair in pairs[:MOST_PAIRS] for reading in _told(pair)]
    if len(pairs) > MOST_PAIRS:
        told.append(Reading(name="claims_left_out", value=len(pairs) - MOST_PAIRS, unit="pairs"))
    return told


async def _with_earlier(before: Sequence[Seen], one: Seen, compare: Compare) -> list[_Pair]:
    source, look = one
    others = [(other, seen) for other, seen in before if seen.features is not None and seen.sha256 != look.sha256]
    if look.features is None or not others:
        return []
    found = await compare(look, [seen for _, seen in others])
    pairs = []
    for (other, _), compared in zip(others, found, strict=True):
        values = {reading.name: reading.value for reading in compared.readings}
        differ = values.get("altered_fraction")  # measured where one view could be compared place by place
        if isinstance(differ, float):
            pairs.append(_Pair(source.media_id, other.media_id, differ, compared))
    return pairs


def _told(pair: _Pair) -> Iterator[Reading]:
    def about(name: str, value: float | str, unit: str | None = None) -> Reading:
        return Reading(name=name, media_id=pair.later, reference_id=pair.earlier, value=value, unit=unit)

    yield about("claims_align", value=True)
    yield about("claims_differ", pair.differ, "share of area")
    if pair.compared.regions:
        boxes = (f"{box.x},{box.y},{box.width},{box.height}" for box in pair.compared.regions)
        yield about("claims_differ_at", " ".join(boxes), BOX)
    if pair.compared.overlay is not None:
        yield about("claims_overlay", pair.compared.overlay)
