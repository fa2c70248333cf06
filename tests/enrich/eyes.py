"""An examiner that looks at photos with the real evidence, without processes and stores."""

import hashlib
from collections.abc import Sequence
from functools import partial

from streams.errors import MediaUnreadable
from streams.evidence.comparing import reuse
from streams.evidence.comparing.comparison import Photo
from streams.evidence.comparing.comparison import compare as compare_photos
from streams.evidence.comparing.known import Known
from streams.evidence.features import features
from streams.evidence.files.colours import ColourImage, develop
from streams.evidence.files.limits import Limits
from streams.evidence.looking.examination import examine
from streams.ports import Compared, Examined, KnownPhoto, MediumSource, Recognised, Resemblance
from streams.wording import causes
from tests.agents.fakes import PhotoBox

LIMITS = Limits(10_000_000, 10_000_000)
_SEEN: dict[str, bytes] = {}
"""What anybody looked at, by its SHA-256: earlier claims are asked about by that."""


class RealEyes(PhotoBox):
    async def examine(self, source: MediumSource) -> Examined:
        photo = self.photos[source.uri]
        look = examine(photo, LIMITS)
        sha256 = hashlib.sha256(photo).hexdigest()
        _SEEN[sha256] = photo
        return Examined(
            readings=look.readings,
            sha256=sha256,
            size_bytes=len(photo),
            fingerprint=look.fingerprint,
            features=look.features,
            provenance=look.provenance,
            variants=features.variants(look.features),
        )

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        def pixels() -> ColourImage:
            raise MediaUnreadable(causes.PICTURE_DAMAGED)

        ours, *theirs = (Photo(one.features or b"", pixels) for one in (claim, *references))
        return [Compared(readings=beside.readings) for beside in compare_photos(ours, theirs)]

    async def recognise(
        self, claim: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]
    ) -> list[Recognised]:
        asked = [(_known(one.photo.sha256), one) for one in earlier]
        found = reuse.recognise(_known(claim.sha256 or ""), [_known(one.sha256) for one in references], asked)
        return list(found)


def _known(sha256: str) -> Known:
    photo = _SEEN[sha256]
    return Known(sha256, lambda: examine(photo, LIMITS).features, partial(develop, photo, LIMITS))
