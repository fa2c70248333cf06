"""What a reviewer asks the parties for when what is there decides nothing."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

import msgspec

from streams.errors import Invalid
from streams.wording.tables import Wording, texts

Party = Literal["merchant", "buyer"]

ASKED_AT_MOST = 8
TEXT_AT_MOST = 200


class Wanted(StrEnum):
    """A kind of evidence."""

    ANGLE = "ANGLE"
    """The buyer: photos from another side."""
    CLOSE_UP = "CLOSE_UP"
    """The buyer: the damage from near."""
    VIDEO = "VIDEO"
    """The buyer: a video of the goods."""
    PAPER_CODE = "PAPER_CODE"
    """The buyer: a photo of the goods beside a code that is written on paper."""
    DISPATCH_VIDEO = "DISPATCH_VIDEO"
    """The merchant: a video from packing to dispatch."""
    PACKING_PHOTO = "PACKING_PHOTO"
    """The merchant: photos of the goods as they were packed."""

    @property
    def party(self) -> Party:
        """Who is asked for it."""
        return "merchant" if self in {Wanted.DISPATCH_VIDEO, Wanted.PACKING_PHOTO} else "buyer"


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """One thing that is asked for; ``text`` says more: the code to write, or which side."""

    kind: Wanted
    text: str = ""


def require_askable(asked: Sequence[Asked]) -> None:
    """Raise :class:`streams.errors.Invalid` unless the parties may be asked for this."""
    if not any(one.kind.party == "buyer" for one in asked):
        kinds = ", ".join(kind for kind in Wanted if kind.party == "buyer")
        msg = f"MORE_EVIDENCE asks the buyer for something at least: one of {kinds}"
    elif len(asked) > ASKED_AT_MOST or any(len(one.text) > TEXT_AT_MOST for one in asked):
        msg = f"at most {ASKED_AT_MOST} things can be asked for, each with at most {TEXT_AT_MOST} characters"
    elif any(one.kind is Wanted.PAPER_CODE and not one.text for one in asked):
        msg = "PAPER_CODE needs the code that is to be written on the paper"
    else:
        return
    raise Invalid(msg)


def in_words(asked: Sequence[Asked], party: Party) -> Wording:
    """Return what one party is asked for, as one line in each language."""
    kinds, more = texts("asked/kinds"), texts("asked/notes")["with_text"]
    named = [
        more.filled(kind=kinds[one.kind], text=one.text) if one.text else kinds[one.kind]
        for one in asked
        if one.kind.party == party
    ]
    return Wording(zh="；".join(one.zh for one in named), en="; ".join(one.en for one in named))
