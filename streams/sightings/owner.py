"""The owner of a photo: the ids that are kept beside its hash, packed, and read only for what a search found."""

from hashlib import blake2b
from zlib import crc32

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.names import claim_sighting, of_part
from schemas.records import EarlierSighting, PhotoSighted
from streams.sightings.log_record import Sighting

Words = npt.NDArray[np.uint64]

FINGERPRINT_BYTES = 32
_STEP = 89
"""Of the steps that were tried on photos, the one after which unlike photos share the fewest chunks."""
_DEALT = np.arange(8 * FINGERPRINT_BYTES) * _STEP % (8 * FINGERPRINT_BYTES)


class Owner(msgspec.Struct, frozen=True, array_like=True):
    """Whose photo it is: request, buyer, order, merchant. ``sighting_id`` is None where :meth:`name` derives it."""

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
    part: str | None = None

    def name(self) -> str:
        """Return the sighting's id."""
        if self.sighting_id is not None:
            return self.sighting_id
        whole = claim_sighting(self.request_id, f"sha256:{(self.digest or b'').hex()}", self.media_id)
        return of_part(whole, self.part)

    def together(self, sighting: PhotoSighted) -> bool:
        """Return whether both belong to one request, or to one buyer's claims on one order."""
        same_request = sighting.request_id is not None and self.request_id == sighting.request_id
        named = sighting.buyer_id is not None and sighting.order_id is not None
        return same_request or (named and (self.buyer_id, self.order_id) == (sighting.buyer_id, sighting.order_id))

    def shows(self, sighting: PhotoSighted) -> bool:
        """Return whether this is a photo of the catalogue of a claim's product, or of its very order."""
        mine = self.source == "catalogue" and self.merchant_id == sighting.merchant_id
        if self.order_id is None:
            return mine and self.product_id == sighting.product_id
        return mine and self.order_id == sighting.order_id

    def earlier(self, position: int, seen_at_ms: int, distance_bits: int) -> EarlierSighting:
        """Return the record that evidence carries; raises ``msgspec.ValidationError`` where it breaks its contract."""
        found = {
            "sighting_id": self.name(),
            "position": position,
            "source": self.source,
            "distance_bits": distance_bits,
            "request_id": self.request_id,
            "buyer_id": self.buyer_id,
            "order_id": self.order_id,
            "merchant_id": self.merchant_id,
            "product_id": self.product_id,
            "media_id": self.media_id,
            "part": self.part,
            "sha256": self.sha256.hex(),
            "seen_at_ms": seen_at_ms,
        }
        return msgspec.convert(found, EarlierSighting)


_pack = msgspec.msgpack.Encoder().encode
unpack = msgspec.msgpack.Decoder(Owner).decode


def pack(sighting: Sighting) -> bytes:
    """Return the owner of a sighting as bytes, which :func:`unpack` reads."""
    digest = sighting.request_digest or ""
    whole = claim_sighting(sighting.request_id, digest, sighting.media_id)
    usual = sighting.sighting_id == of_part(whole, sighting.part)
    return _pack(
        (  # the fields of Owner
            None if usual else sighting.sighting_id,
            bytes.fromhex(digest.removeprefix("sha256:")) if usual else None,
            sighting.source,
            bytes.fromhex(sighting.sha256),
            sighting.merchant_id,
            sighting.product_id,
            sighting.request_id,
            sighting.buyer_id,
            sighting.order_id,
            sighting.media_id,
            *(() if sighting.part is None else (sighting.part,)),
        )
    )


def goods(merchant_id: str, product_id: str, order_id: str | None) -> int:
    """Return 32 bits that are equal for the catalogue's photos of one order, or of one product where none is named."""
    return hash32(f"product {merchant_id} {product_id}" if order_id is None else f"order {merchant_id} {order_id}")


def words(fingerprints: bytes) -> Words:
    """Return fingerprints, of 32 bytes each, as rows of the four 64-bit words that are compared here.

    Bits that stand side by side in a fingerprint often agree in unlike photos, above all on white ground; they are
    dealt out over the words, so that those of one chunk come from everywhere.
    """
    bits = np.unpackbits(np.frombuffer(fingerprints, np.uint8).reshape(-1, FINGERPRINT_BYTES), axis=1)
    return np.packbits(np.take(bits, _DEALT, axis=1), axis=1).view(np.uint64)


def key(sighting_id: str) -> int:
    """Return 64 bits that ids are sorted by; whoever finds one still compares the id itself."""
    return int.from_bytes(blake2b(sighting_id.encode(), digest_size=8).digest(), "little")


def hash32(text: str | None) -> int:
    """Return 32 bits of a text: where they differ, the texts do; where they agree, the texts are compared."""
    return 0 if text is None else crc32(text.encode())


def matter(buyer_id: str | None, order_id: str | None) -> int:
    """Return 32 bits that are equal for one buyer's claims on one order."""
    return hash32(None if buyer_id is None or order_id is None else f"{buyer_id} {order_id}")
