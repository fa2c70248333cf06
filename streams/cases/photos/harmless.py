"""Verbs: marking resemblances that mean nothing, and removing such marks.

A mark clears nothing: it only keeps a resemblance from joining clusters and from counting as used before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from schemas.names import claim_sighting
from streams.cases.acts import Action, AuditAct
from streams.cases.case import Case
from streams.cases.photos.marks import ANY, Pair, PhotoMarks, pair_of
from streams.cases.photos.photos import names_of
from streams.cases.transitions import Transition, noted

NAMES_PHOTOS = (Action.HARMLESS_MARKED, Action.HARMLESS_UNMARKED)
"""Acts whose details in the audit trail name photos by their bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmlessMark:
    """One mark, by whom, when and why: on two photos by name, or on one beside any other (``other`` is None).

    A name is ``sha256:…`` of the photo's bytes, or its sighting where the bytes are not known.
    """

    mark_id: str
    photo: str
    other: str | None
    case_id: str
    marked_at_ms: int
    marked_by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What marking did. ``repeated``: all marks were there before. ``closed`` are cases that nothing keeps open."""

    marks: tuple[HarmlessMark, ...]
    repeated: bool
    closed: tuple[Case, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmarked:
    """What removing a mark did: ``opened`` are cases of claims that a confirmed forgery touches again."""

    mark: HarmlessMark
    opened: tuple[Case, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedPhotos:
    """A photo of a request that resembles an earlier one; ``ordinal`` numbers all such pairs of the request.

    ``joins`` and ``harmless_by`` are as in :class:`streams.cases.case.PhotoMatch`.
    """

    request_id: str
    request_digest: str
    ordinal: int
    media_id: str
    sha256: str | None
    earlier_sighting_id: str
    earlier_sha256: str | None
    earlier_request_id: str | None
    joins: bool
    harmless_by: str | None

    @property
    def key(self) -> "MatchKey":
        """What identifies this match among all others."""
        return self.request_id, self.request_digest, self.ordinal

    @property
    def later_names(self) -> tuple[str, ...]:
        """Every name of the later photo, the most general last."""
        return names_of(claim_sighting(self.request_id, self.request_digest, self.media_id), self.sha256)

    @property
    def earlier_names(self) -> tuple[str, ...]:
        """Every name of the earlier photo, the most general last."""
        return names_of(self.earlier_sighting_id, self.earlier_sha256)


MatchKey = tuple[str, str, int]


def mark_of(pair: Pair, case_id: str, act: AuditAct) -> HarmlessMark:
    """Return the mark on two photos. Its id follows from the photos, so marking them again finds the same mark."""
    photo, other = pair
    return HarmlessMark(
        mark_id=f"h-{blake2b(f'{photo} {other}'.encode(), digest_size=12).hexdigest()}",
        photo=photo,
        other=other or None,
        case_id=case_id,
        marked_at_ms=act.at_ms,
        marked_by=act.by,
        note=act.note,
    )


def note(case: Case, marks: Sequence[HarmlessMark], act: AuditAct, action: Action) -> Transition:
    """Return the transition that notes in the case's audit trail which marks were set or removed."""
    return noted(case, act, action, {"marks": [[mark.mark_id, mark.photo, mark.other] for mark in marks]})


def pairs_of(matches: Iterable[MatchedPhotos]) -> list[Pair]:
    """Return the two photos of each match by their most general names, each pair once."""
    return sorted({pair_of(match.later_names[-1], match.earlier_names[-1]) for match in matches})


def as_marks(marks: Iterable[HarmlessMark]) -> PhotoMarks:
    """Return the marks in the form that matches are checked against."""
    return PhotoMarks(harmless={pair_of(mark.photo, mark.other or ANY): mark.mark_id for mark in marks})


def harmless_by(matches: Iterable[MatchedPhotos], marks: PhotoMarks) -> dict[MatchKey, str | None]:
    """Return the id of the mark that makes each match harmless; None where there is none."""
    return {match.key: marks.between(match.later_names, match.earlier_names) for match in matches}


def joining(matches: Iterable[MatchedPhotos], harmless: Mapping[MatchKey, str | None]) -> list[tuple[str, str]]:
    """Return the (earlier, later) requests of each match that joins their clusters and is not ``harmless``."""
    return [
        (str(match.earlier_request_id), match.request_id)
        for match in matches
        if match.joins and harmless.get(match.key, match.harmless_by) is None
    ]
