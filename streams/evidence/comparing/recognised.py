"""Questions about earlier photos that a claim resembles, and answers; :mod:`streams.evidence.comparing.reuse` has both.

In a module of their own, so that who asks does not load the libraries that the answer takes.
"""

from dataclasses import dataclass
from typing import Literal

from streams.wording.cause import Cause


@dataclass(frozen=True, slots=True)
class KnownPhoto:
    """A photo that was looked at before, named by its bytes; ``role`` says whether as a claim or of the goods.

    ``altered`` is given where the claim was already compared with it: what :mod:`streams.evidence.pixels.alteration`
    packed.
    """

    sha256: str
    role: Literal["claim", "reference"]
    altered: bytes | None = None


@dataclass(frozen=True, slots=True)
class Resemblance:
    """An earlier photo that a claim resembles. With ``far`` set, features must confirm it.

    ``page`` says that the claim is a page: then only the photographs in it count, however near the two are.
    ``panel`` says that it is one of a collage: on a listing there buyers draw, and apps write.
    ``references`` are places in a list of photos that may explain the resemblance, the likeliest first.
    """

    photo: KnownPhoto
    far: bool
    references: tuple[int, ...] = ()
    page: bool = False
    panel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What a claim has to do with one earlier photo.

    ``confirmed`` says whether features show one picture, None where they were not compared. ``explained_by`` is the
    place of the reference that the claim was made from. ``shared_alteration`` is the share (0 to 1) of what was altered
    that both show alike (:mod:`streams.evidence.pixels.alteration`). ``why`` is the cause where there is no answer.
    """

    confirmed: bool | None = None
    explained_by: int | None = None
    shared_alteration: float | None = None
    why: Cause | None = None
