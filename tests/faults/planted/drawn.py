"""Photos that are fingerprints: their address says all of them, so that an exact number of bits can differ."""

from collections.abc import Sequence
from hashlib import sha256

from schemas.records import Fingerprint
from schemas.units import FINGERPRINT_BITS
from streams.evidence.features.fingerprints import VERSION
from streams.metrics import Metrics
from streams.ports import Compared, Examined, KnownPhoto, MediumSource, Recognised, Resemblance
from streams.settings import Settings

_SIDE = 16
_ODD = sum(1 << (row * _SIDE + column) for row in range(_SIDE) for column in range(1, _SIDE, 2))


def address(bits: int) -> str:
    """Return the address of the photo with this fingerprint."""
    return f"drawn/{bits:064x}"


def poses(bits: int) -> list[int]:
    """Return the fingerprints of all eight poses, the photo's own first.

    As for a picture: its mirror image changes the sign of every other column of its waves, and a quarter turn is the
    transpose, mirrored. (Of a picture some bits more change, because they are told from the median, not from zero.)
    """
    found = []
    for mirrored in (False, True):
        turned = bits ^ _ODD if mirrored else bits
        for _ in range(4):
            found.append(turned)
            turned = _transposed(turned) ^ _ODD
    return found


class Drawn:
    """An examiner that reads the address alone, made as the one of the pool is."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        """Takes what the pool takes, and needs none of it."""

    def start(self) -> None:
        """There is no process to start."""

    async def try_out(self) -> None:
        """There is no process that could fail to look."""

    def stop(self) -> None:
        """There is no process to end."""

    async def examine(self, source: MediumSource) -> Examined:
        own, *others = poses(int(source.uri.removeprefix("drawn/"), 16))
        return Examined(
            readings=(),
            sha256=sha256(source.uri.encode()).hexdigest(),
            size_bytes=FINGERPRINT_BITS // 8,
            stored=f"blobs/{source.uri}",
            fingerprint=Fingerprint(version=VERSION, bits=f"{own:064x}"),
            variants=tuple(f"{other:064x}" for other in others),
        )

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        del claim
        return [Compared(readings=()) for _ in references]

    async def recognise(
        self, claim: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]
    ) -> list[Recognised]:
        del claim, references
        return [Recognised() for _ in earlier]


def _transposed(bits: int) -> int:
    places = range(_SIDE * _SIDE)
    return sum(1 << (place % _SIDE * _SIDE + place // _SIDE) for place in places if bits >> place & 1)
