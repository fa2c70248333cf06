"""Which photos of a case may be confirmed as forged, and the verb that takes a confirmation back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.names import claim_sighting
from streams.cases.acts import Action, AuditAct
from streams.cases.case import Case
from streams.cases.looks import Look
from streams.cases.photos.marks import ANY, PhotoMarks
from streams.cases.photos.photos import ClaimPhoto, names_of, no_photo
from streams.cases.states import CaseState
from streams.cases.transitions import Step, Transition, moved
from streams.errors import OperatorError


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What a confirmation did: ``photos`` (their sightings) are in the bank, ``opened`` are cases that it opened.

    ``repeated``: somebody had confirmed it before.
    """

    case: Case
    photos: tuple[str, ...]
    opened: tuple[Case, ...]
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """What taking a confirmation back did: ``closed`` are cases that nothing else keeps open.

    ``repeated``: somebody had revoked it before.
    """

    case: Case
    closed: tuple[Case, ...]
    repeated: bool


def revoke(case: Case, act: AuditAct) -> Transition:
    """Return the transition by which ``act.by`` takes the confirmation back: somebody else decides the case anew.

    A case that is closed stays closed, without the verdict.
    """
    undecided: dict[str, Any] = {"verdict": None, "decided_at_ms": None}
    if case.state is CaseState.CLOSED:
        return moved(case, act, [Step(Action.FORGERY_REVOKED)], tell="CLOSED", **undecided)
    return moved(
        case, act, [Step(Action.FORGERY_REVOKED, CaseState.APPEALED)], tell="APPEALED", look=Look.APPEAL, **undecided
    )


def require_revoked(case: Case, revokers: Collection[str]) -> None:
    """Raise :class:`OperatorError` unless somebody revoked a confirmation on the case before (``revokers``)."""
    if not revokers:
        msg = f"nobody confirmed a forgery on case {case.case_id}: there is nothing to revoke"
        raise OperatorError(msg)


def chosen(case: Case, known: Mapping[str, ClaimPhoto], wanted: Collection[str]) -> list[ClaimPhoto]:
    """Return the ``wanted`` photos of the case (media ids; none: all); :class:`OperatorError` for one it has not."""
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise no_photo(case.case_id, unknown[0], known)
    return [known[media_id] for media_id in (sorted(set(wanted)) or known)]


def names_by_photo(case: Case, photos: Sequence[ClaimPhoto]) -> dict[str, ClaimPhoto]:
    """Return the photos of the case, each under every name that it has."""
    return {name: photo for photo in photos for name in names_of(sighting_of(case, photo), photo.sha256)}


def require_not_harmless(case: Case, named: Mapping[str, ClaimPhoto], marks: PhotoMarks) -> None:
    """Raise :class:`OperatorError` if somebody marked one of these photos as harmless."""
    for (name, other), mark_id in marks.harmless.items():
        if other == ANY:
            msg = (
                f"photo {named[name].media_id} of case {case.case_id} is marked as harmless: "
                f"run: refund-sentinel case unmark-harmless {mark_id}"
            )
            raise OperatorError(msg)


def sighting_of(case: Case, photo: ClaimPhoto) -> str:
    """Return the id under which a photo of the case stands in the log of sightings."""
    return claim_sighting(case.request_id, case.request_digest, photo.media_id)
