"""Every earlier photo within a distance, found by looking at all of them: exact, and fast enough for some millions.

The replica of the log fills it, position by position, and asks it as of a position. Not safe for several threads.
"""

from dataclasses import dataclass
from hashlib import blake2b

import msgspec
import numpy as np

from schemas.records import EarlierSighting, PhotoSighted
from streams.sightings.rows import Mask, Numbers, Row, Rows, Words

DAY_MS = 86_400_000
MAX_BITS = 31
"""Distance that links two photos by their hash alone."""
AT_MOST = 20
_TIDY_EVERY = 65_536


@dataclass(frozen=True, slots=True)
class Found:
    """Earlier photos, nearest first, and how many more there were."""

    sightings: list[EarlierSighting]
    left_out: int = 0


class _Whose(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of a sighting beside the columns, packed; a claim's usual id is kept as its digest alone."""

    sighting_id: str | None
    digest: bytes | None
    source: str
    sha256: bytes
    merchant_id: str
    product_id: str
    request_id: str | None
    buyer_id: str | None
    order_id: str | None
    media_id: str | None


class ExactScan:
    """Photos seen, by position. The first position of a sighting's id stays; what is erased or withdrawn is not found.

    ``look_back_ms`` is how much older than the photo in question an earlier one may be.
    """

    def __init__(self, look_back_ms: int = 180 * DAY_MS) -> None:
        self._look_back_ms = look_back_ms
        self._rows = Rows()
        self._row_of: dict[bytes, int] = {}
        self._versions: list[str] = []
        self._untidied = 0
        self._latest_ms = 0

    def __len__(self) -> int:
        return len(self._row_of)

    def position_of(self, sighting_id: str) -> int | None:
        """Return the first position of a sighting, or None when it was never seen, was erased, or has expired."""
        row = self._row_of.get(_key(sighting_id))
        return None if row is None else int(self._rows.columns["position"][row])

    def add(self, position: int, sighting: PhotoSighted) -> None:
        """Take up what stands at a position. A repeat changes nothing but whether the photo is withdrawn."""
        key = _key(sighting.sighting_id)
        row = self._row_of.get(key)
        if row is not None:
            self._rows.columns["withdrawn"][row] = sighting.withdrawn
            return
        self._row_of[key] = self._rows.append(self._row(position, sighting))
        self._latest_ms = max(self._latest_ms, sighting.seen_at_ms)
        self._untidied += 1
        if self._untidied >= _TIDY_EVERY:
            self.expire(self._latest_ms - self._look_back_ms)

    def erase(self, sighting_id: str) -> None:
        """Forget a sighting: it is not found again, and what was kept of it is overwritten."""
        row = self._row_of.pop(_key(sighting_id), None)
        if row is not None:
            self._rows.wipe(row)

    def expire(self, before_ms: int) -> None:
        """Drop photos seen before a time, once they and the erased are a quarter of all: dropping copies the rest."""
        self._untidied = 0
        columns = self._rows.columns
        kept: Mask = ~columns["erased"] & (columns["seen_at_ms"] >= before_ms)
        if kept.sum() > 0.75 * len(kept):
            return
        moved = np.cumsum(kept) - 1
        self._row_of = {key: int(moved[row]) for key, row in self._row_of.items() if kept[row]}
        self._rows = self._rows.only(kept)

    def search(
        self, sighting: PhotoSighted, below_position: int, max_bits: int = MAX_BITS, at_most: int = AT_MOST
    ) -> Found:
        """Return the photos below a position within ``max_bits`` of this one, nearest first, then earliest first.

        Left out: the same request, the same buyer on the same order, other fingerprint versions, and what was
        withdrawn, erased, or seen longer ago than the look-back. Nothing else is: recall is exact.
        """
        numbers, bits = self._rows.within(_words(sighting.fingerprint.bits), max_bits)
        usable = self._usable(numbers, sighting, below_position)
        numbers, bits = numbers[usable], bits[usable]
        order = np.lexsort((self._rows.columns["position"][numbers], bits))[:at_most]
        best = [self._earlier(int(numbers[rank]), int(bits[rank])) for rank in order]
        return Found(best, len(numbers) - len(best))

    def _usable(self, numbers: Numbers, sighting: PhotoSighted, below_position: int) -> Mask:
        columns = self._rows.columns[numbers]
        usable: Mask = (
            ~columns["erased"]
            & ~columns["withdrawn"]
            & (columns["position"] < below_position)
            & (columns["version"] == self._version(sighting.fingerprint.version))
            & (columns["seen_at_ms"] >= sighting.seen_at_ms - self._look_back_ms)
        )
        alike = (columns["request"] == hash(sighting.request_id)) | (columns["matter"] == _matter(sighting))
        for rank in np.flatnonzero(usable & alike):
            usable[rank] = not _together(self._whose(int(numbers[rank])), sighting)
        return usable

    def _row(self, position: int, sighting: PhotoSighted) -> Row:
        return Row(
            words=_words(sighting.fingerprint.bits),
            version=self._version(sighting.fingerprint.version),
            position=position,
            seen_at_ms=sighting.seen_at_ms,
            request=hash(sighting.request_id),
            matter=_matter(sighting),
            withdrawn=sighting.withdrawn,
            packed=msgspec.msgpack.encode(_whose(sighting)),
        )

    def _version(self, version: str) -> int:
        if version not in self._versions:
            self._versions.append(version)
        return self._versions.index(version)

    def _whose(self, row: int) -> _Whose:
        return msgspec.msgpack.decode(self._rows.packed(row), type=_Whose)

    def _earlier(self, row: int, bits: int) -> EarlierSighting:
        whose = self._whose(row)
        return EarlierSighting(
            sighting_id=_sighting_id(whose),
            position=int(self._rows.columns["position"][row]),
            source="claim" if whose.source == "claim" else "catalogue",
            distance_bits=bits,
            request_id=whose.request_id,
            buyer_id=whose.buyer_id,
            order_id=whose.order_id,
            merchant_id=whose.merchant_id,
            product_id=whose.product_id,
            media_id=whose.media_id,
            sha256=whose.sha256.hex(),
            seen_at_ms=int(self._rows.columns["seen_at_ms"][row]),
        )


def _words(bits: str) -> Words:
    return np.frombuffer(bytes.fromhex(bits), dtype=np.uint64)


def _key(sighting_id: str) -> bytes:
    return blake2b(sighting_id.encode(), digest_size=16).digest()


def _matter(sighting: PhotoSighted) -> int:
    return hash((sighting.buyer_id, sighting.order_id))


def _together(whose: _Whose, sighting: PhotoSighted) -> bool:
    """Return whether an earlier photo belongs to the same request, or to the same buyer's claim on the same order."""
    same_request = sighting.request_id is not None and whose.request_id == sighting.request_id
    named = sighting.buyer_id is not None and sighting.order_id is not None
    return same_request or (named and (whose.buyer_id, whose.order_id) == (sighting.buyer_id, sighting.order_id))


def _whose(sighting: PhotoSighted) -> _Whose:
    digest = (sighting.request_digest or "").removeprefix("sha256:")
    usual = sighting.sighting_id == _claim_id(sighting.request_id, digest, sighting.media_id)
    return _Whose(
        None if usual else sighting.sighting_id,
        bytes.fromhex(digest) if usual else None,
        sighting.source,
        bytes.fromhex(sighting.sha256),
        sighting.merchant_id,
        sighting.product_id,
        sighting.request_id,
        sighting.buyer_id,
        sighting.order_id,
        sighting.media_id,
    )


def _sighting_id(whose: _Whose) -> str:
    return whose.sighting_id or _claim_id(whose.request_id, (whose.digest or b"").hex(), whose.media_id)


def _claim_id(request_id: str | None, digest: str, media_id: str | None) -> str:
    return f"claim:{request_id}:sha256:{digest}:{media_id}"
