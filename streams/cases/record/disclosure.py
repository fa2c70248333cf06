"""Who is shown what: the buyer's name, which a reviewer has to ask for with a reason, and photos. All is on record."""

import msgspec

from streams.cases.acts import Action, AuditAct
from streams.cases.case import Case
from streams.cases.transitions import Transition, noted
from streams.errors import Invalid


def show_buyer(case: Case, act: AuditAct) -> Transition:
    """Return the transition that puts on record that ``act.by`` is shown the buyer, for the reason in ``act.note``."""
    if not act.note:
        msg = "say why you have to know whose claim it is"
        raise Invalid(msg)
    return noted(case, act, Action.BUYER_SHOWN, {})


class PhotoView(msgspec.Struct, frozen=True, kw_only=True):
    """A record that somebody was shown a photo, or a pair of photos.

    ``subject_id`` is the case's id, or the request's where a machine cleared it. ``places`` name the photos and
    ``view`` says how they were shown, as in :class:`streams.casework.photos.pictures.CasePictures`.
    """

    subject_id: str
    at_ms: int
    viewer: str
    places: str
    view: str
