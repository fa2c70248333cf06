"""Near photos: earlier ones within the bits of one picture, of which pixels may say that a camera took each.

Two buyers' own photos of one printed article have one fingerprint where they fill the frame alike.
"""

import cv2
import numpy as np

from schemas.units import NEAR_BITS
from streams.errors import MediaUnreadable
from streams.evidence.comparing.known import Known
from streams.evidence.comparing.recognised import Resemblance
from streams.evidence.features.prefilter import Prefilter, likeness
from streams.evidence.pixels.alignment import align
from streams.evidence.pixels.copied import copied
from streams.evidence.pixels.marks import marks
from streams.evidence.pixels.two_cameras import two_cameras
from streams.wording import causes
from streams.wording.cause import Cause

_SURELY_ANEW = 0.02
"""Up to this value of ``copied`` a near photo is another one of the same thing: a camera is certain. Of 161 drawn pairs
of one photo that was sent twice the least is 0.993."""
MOST_NEAR_ASKED = 8
"""Near photos of claims that pixels may deny, the nearest first. Each takes a sixth of a second, and none is asked
after the first that is not denied: one forgery that was sent a thousand times costs one look."""
_NO_LONGER_NEAR = NEAR_BITS + 1


class NearPhotos:
    """Earlier claims' photos within the bits of one picture, which is what they are unless a camera took each."""

    def __init__(self, claim: Known) -> None:
        """Nothing is compared yet."""
        self._claim = claim
        self._left = MOST_NEAR_ASKED

    def denied(self, earlier: Known, how: Resemblance) -> Cause | None:
        """Return the cause why a person has to say it: a camera seems to have taken each. None leaves it to the hash.

        Nobody is accused by such a photo, and no machine clears it: strong filters on a photo that was sent twice can
        look alike. None is for what cannot be had any more, what is beyond the most that are asked, and listings.
        """
        if not self._left or how.photo.role != "claim" or earlier.sha256 == self._claim.sha256:
            return None
        self._left -= 1
        try:
            said = copied_from(self._claim, earlier, likeness(self._claim.features, earlier.features))
        except (MediaUnreadable, cv2.error, np.linalg.LinAlgError):
            return None
        if said is not None and said <= _SURELY_ANEW:
            return causes.EARLIER_PHOTO_TAKEN_ANEW
        self._left = 0
        return None


def copied_from(claim: Known, earlier: Known, alike: Prefilter) -> float | None:
    """Return how sure it is that both come from one file, 0 to 1, None where nobody can say.

    Near fingerprints say nothing here: they are why it is asked, and two buyers frame one article alike.
    """
    found = align(alike.projections, claim.print, earlier.print)
    if found is None:
        return None
    if marks(found, claim.print, earlier.print) is not None or two_cameras(found, claim.print, earlier.print):
        return 0.0
    return copied(found, max(alike.nearest_bits, _NO_LONGER_NEAR), claim.print, earlier.print).value
