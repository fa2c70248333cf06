"""What the index must answer like: a plain list, looked through one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas.records import PhotoSighted


@dataclass
class Kept:
    position: int
    sighting: PhotoSighted
    withdrawn: bool


@dataclass
class Model:
    look_back_ms: int
    kept: list[Kept] = field(default_factory=list)
    latest_ms: int = 0

    def known(self, sighting_id: str) -> Kept | None:
        alive = (
            one
            for one in self.kept
            if one.sighting.sighting_id == sighting_id and one.sighting.seen_at_ms >= self.latest_ms - self.look_back_ms
        )
        return next(alive, None)

    def add(self, position: int, sighting: PhotoSighted) -> None:
        known = self.known(sighting.sighting_id)
        if known is not None:
            known.withdrawn = sighting.withdrawn
            return
        self.kept.append(Kept(position, sighting, sighting.withdrawn))
        self.latest_ms = max(self.latest_ms, sighting.seen_at_ms)

    def erase(self, sighting_id: str) -> None:
        known = self.known(sighting_id)
        if known is not None:
            self.kept.remove(known)

    def search(
        self, asked: PhotoSighted, below: int, max_bits: int, variants: Sequence[str] = ()
    ) -> list[tuple[int, int]]:
        """Return distances and positions, nearest first; of the photo and its variants, the nearest counts."""
        return sorted(
            (bits, one.position)
            for one in self.kept
            if one.position < below
            and not one.withdrawn
            and not _together(one.sighting, asked)
            and one.sighting.fingerprint.version == asked.fingerprint.version
            and one.sighting.seen_at_ms >= asked.seen_at_ms - self.look_back_ms
            and (bits := min(distance(one.sighting, bits) for bits in (asked.fingerprint.bits, *variants))) <= max_bits
        )

    def registered(self, asked: PhotoSighted, below: int, at_most: int) -> list[tuple[str, int]]:
        """Return the newest photos of the catalogue that show the goods of a claim, by media id and position."""
        found = dict[str, int]()
        for one in sorted(self.kept, key=lambda kept: -kept.position):
            seen = asked.seen_at_ms - self.look_back_ms <= one.sighting.seen_at_ms < asked.seen_at_ms
            if one.position < below and seen and not one.withdrawn and _shows(one.sighting, asked):
                found.setdefault(one.sighting.media_id or "", one.position)
        return list(found.items())[:at_most]


def _shows(one: PhotoSighted, asked: PhotoSighted) -> bool:
    if one.source != "catalogue" or one.merchant_id != asked.merchant_id:
        return False
    return one.product_id == asked.product_id if one.order_id is None else one.order_id == asked.order_id


def distance(one: PhotoSighted, bits: str) -> int:
    return (int(one.fingerprint.bits, 16) ^ int(bits, 16)).bit_count()


def _together(one: PhotoSighted, other: PhotoSighted) -> bool:
    same_request = one.request_id is not None and one.request_id == other.request_id
    named = other.buyer_id is not None and other.order_id is not None
    return same_request or (named and (one.buyer_id, one.order_id) == (other.buyer_id, other.order_id))
