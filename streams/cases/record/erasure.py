"""Erasing a person's photos: which of them may go, and what came of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import msgspec

from schemas.names import claim_sighting, request_pointer
from streams.cases.acts import Action, AuditAct
from streams.cases.case import Case
from streams.cases.photos.photos import ClaimPhoto
from streams.cases.states import CaseState
from streams.cases.transitions import Transition, noted

WhyItStays = Literal["OPEN_CASE", "MAY_BE_APPEALED", "CONFIRMED_FORGERY"]
"""Why a photo is still needed: nobody has decided its case yet, or people confirmed that it is forged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsPhoto:
    """One claim photo of a person; ``photo`` has what is kept of it beside its claim.

    ``case_id`` is the case of its claim. ``forged`` says that it is in the bank of confirmed forgeries. ``beside`` are
    the SHA-256 of photos with which it may have been put side by side in one picture.
    """

    request_id: str
    request_digest: str
    photo: ClaimPhoto
    case_id: str | None = None
    state: CaseState | None = None
    forged: bool = False
    beside: frozenset[str] = frozenset()

    @property
    def sighting_id(self) -> str:
        """The id under which it stands in the log of sightings."""
        return claim_sighting(self.request_id, self.request_digest, self.photo.media_id)

    @property
    def pointer(self) -> str:
        """The key in the evidence store that says which bytes it stands for."""
        return request_pointer(self.request_id, self.request_digest, "claim", self.photo.media_id)

    @property
    def measured(self) -> bool:
        """Whether anything is kept of it beside its name."""
        return self.photo != ClaimPhoto(self.photo.media_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsClaim:
    """One content of a request of a person, as the database has it; ``photos`` are empty where it kept none.

    ``forged`` are the sightings of its photos that are in the bank. ``later`` are, by sighting, the SHA-256 of other
    claims' photos that were found to resemble it.
    """

    request_id: str
    request_digest: str
    photos: tuple[ClaimPhoto, ...] = ()
    case_id: str | None = None
    state: CaseState | None = None
    forged: frozenset[str] = frozenset()
    later: Mapping[str, frozenset[str]] = field(default_factory=dict)


def photos_of(claim: PersonsClaim, stored: Collection[ClaimPhoto]) -> list[PersonsPhoto]:
    """Return the photos of a claim: those that the database names, and those ``stored`` in the evidence store."""
    in_store = {photo.media_id: photo for photo in stored}
    known = in_store | {photo.media_id: _joined(photo, in_store.get(photo.media_id)) for photo in claim.photos}
    of_claim = {photo.sha256 for photo in known.values() if photo.sha256 is not None}
    found = []
    for photo in known.values():
        sighting_id = claim_sighting(claim.request_id, claim.request_digest, photo.media_id)
        found.append(
            PersonsPhoto(
                request_id=claim.request_id,
                request_digest=claim.request_digest,
                photo=photo,
                case_id=claim.case_id,
                state=claim.state,
                forged=sighting_id in claim.forged,
                beside=claim.later.get(sighting_id, frozenset()) | of_claim - {photo.sha256},
            )
        )
    return found


def parts_since(
    going: Sequence[PersonsPhoto], stored: Callable[[str, str], Collection[ClaimPhoto]]
) -> list[PersonsPhoto]:
    """Return the parts of photos that go which the evidence store has and the plan lacks.

    A video may have been looked at once more since the plan was made.
    """
    whole = {(one.request_id, one.request_digest, one.photo.media_id): one for one in going}
    found = []
    for request_id, digest in dict.fromkeys((one.request_id, one.request_digest) for one in going):
        for photo in stored(request_id, digest):
            of = whole.get((request_id, digest, photo.media_id.partition("#")[0]))
            if of is not None and (request_id, digest, photo.media_id) not in whole:
                found.append(replace(of, photo=photo))
    return found


def _joined(photo: ClaimPhoto, stored: ClaimPhoto | None) -> ClaimPhoto:
    if stored is None or photo.sha256 is not None:
        return photo
    return msgspec.structs.replace(photo, sha256=stored.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Which photos are still needed: of cases that are not closed, and confirmed forgeries, each unless said otherwise.

    A case is not closed while somebody may appeal: whoever decides the appeal looks at the photos again.
    """

    open_cases: bool = True
    confirmed_forgeries: bool = True

    def why_it_stays(self, photo: PersonsPhoto) -> WhyItStays | None:
        """Return why a photo has to stay; None: it may go."""
        if self.confirmed_forgeries and photo.forged:
            return "CONFIRMED_FORGERY"
        if not self._needs_case(photo.state):
            return None
        return "MAY_BE_APPEALED" if photo.state is CaseState.DECIDED else "OPEN_CASE"

    def needs_claim(self, claim: PersonsClaim) -> bool:
        """Return whether what was said on a claim's case has to stay readable, with photos or without."""
        return self._needs_case(claim.state) or (self.confirmed_forgeries and bool(claim.forged))

    def _needs_case(self, state: CaseState | None) -> bool:
        return self.open_cases and state not in {None, CaseState.CLOSED}


class LegalHold(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing of a person may be erased until somebody lifts it."""

    person: str
    placed_at_ms: int
    placed_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be erased of ``persons``, and what has to stay, and why.

    ``keys_of`` are those whose key to the audit trail is destroyed: nobody, while anything of theirs has to stay.
    """

    going: tuple[PersonsPhoto, ...]
    staying: Mapping[PersonsPhoto, WhyItStays]
    keys_of: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()


def plan(
    photos: Collection[PersonsPhoto],
    needs: Needs,
    persons: Collection[str] = (),
    claims: Collection[PersonsClaim] = (),
) -> Plan:
    """Return which photos of these ``persons`` are erased, and whose keys; ``claims`` are all that they ever made."""
    staying = {photo: why for photo in photos if (why := needs.why_it_stays(photo)) is not None}
    stay = bool(staying) or any(needs.needs_claim(claim) for claim in claims)
    going = tuple(photo for photo in photos if photo not in staying)
    return Plan(going, staying, () if stay else tuple(persons), tuple(persons))


@dataclass(frozen=True, slots=True)
class MarkedPhoto:
    """A photo whose pointer is marked as erased, and the SHA-256 of the bytes that were kept of it."""

    photo: PersonsPhoto
    bytes: tuple[str, ...]


def erased(case: Case, erasure_id: str, media_ids: Collection[str], act: AuditAct) -> Transition:
    """Return the transition that notes in the case's audit trail which of its photos were erased."""
    return noted(case, act, Action.PHOTOS_ERASED, {"erasure_id": erasure_id, "photos": sorted(media_ids)})


def silenced(case: Case, erasure_id: str, act: AuditAct) -> Transition:
    """Return the transition that notes in the case's audit trail that nobody can read what was said on it till now."""
    return noted(case, act, Action.WORDS_ERASED, {"erasure_id": erasure_id})
