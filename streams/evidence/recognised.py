"""What is asked of earlier photos that a claim resembles, and what is answered: see :mod:`streams.evidence.reuse`.

Apart from what answers, because whoever asks does without the libraries for that.
"""

from dataclasses import dataclass
from typing import Literal

from streams.wording.cause import Cause


@dataclass(frozen=True, slots=True)
class KnownPhoto:
    """A photo that was looked at before, by its bytes: as one of a claim, or of the goods (``reference``).

    ``altered`` is what :mod:`streams.evidence.alteration` packed of a claim that was compared with this one already.
    """

    sha256: str
    role: Literal["claim", "reference"]
    altered: bytes | None = None


@dataclass(frozen=True, slots=True)
class Resemblance:
    """An earlier photo that a claim resembles: ``far`` where its features must say so too.

    ``page`` where the claim is a page: then only the photographs in it count, however near the two are.
    ``references`` are the photos that may explain why the two are alike, by their place in a list, the likeliest first.
    """

    photo: KnownPhoto
    far: bool
    references: tuple[int, ...] = ()
    page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What a claim has to do with one earlier photo.

    ``confirmed``: whether features show one picture, None where they were not compared. ``explained_by`` is the place
    of the reference that the claim was made from, and ``shared_alteration`` the share, 0 to 1, of what was altered that
    both show alike (:mod:`streams.evidence.alteration`). ``why`` says why what was asked could not be said.
    """

    confirmed: bool | None = None
    explained_by: int | None = None
    shared_alteration: float | None = None
    why: Cause | None = None
