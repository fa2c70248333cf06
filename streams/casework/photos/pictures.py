"""The photos of a case, as a person looks at them: claimed, references, earlier ones, and what parties sent later."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from schemas.names import Role, catalogue_pointer, request_pointer
from schemas.records import EvidenceGathered
from schemas.records.evidence import Comparison, EarlierSighting, MediumEvidence
from schemas.records.requests import MediumKind
from streams.cases.case import Case
from streams.cases.sent_evidence import FollowUp
from streams.errors import NotFound
from streams.policy.kept import Kept

STILLS_AT_MOST = 24
EARLIER_AT_MOST = 40
_PAIR = re.compile(r"([cref]\d{1,3})(?:-([re]\d{1,3}))?")


class PlayedVideo(NamedTuple):
    """A video that is read in parts: ``read`` gives its bytes from one offset to before another."""

    media_type: str
    size_bytes: int
    read: Callable[[int, int], bytes]


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One photo, one still of a video, or one panel of a collage.

    ``place`` names it in addresses: c0 is the first claim photo, r0 the first reference, e0 the first earlier photo, f0
    the first that a party ``sent`` later.
    ``part`` names a still or a panel; a still is ``at_ms`` milliseconds into its video. ``kind`` is the whole file's.
    """

    place: str
    role: Literal["claim", "reference", "earlier", "sent"]
    medium: str
    pointer: str | None = None
    sha256: str | None = None
    kind: MediumKind = "photo"
    part: str | None = None
    at_ms: int | None = None
    earlier: EarlierSighting | None = None
    sent: FollowUp | None = None


class Drawer(Protocol):
    """What reads media and draws pictures. Raises :class:`streams.errors.MediaUnreadable`, which says why it cannot."""

    async def bytes_of(self, pointer: str) -> str:
        """Return the SHA-256, in hex, of the bytes that a pointer stands for."""

    async def video(self, sha256: str) -> PlayedVideo:
        """Return a video, to be read in parts."""

    async def picture(self, view: str, sha256: str, beside: str | None = None) -> bytes:
        """Return a JPEG: ``screen`` or ``thumb`` of one photo, ``aligned`` or ``changed`` of a pair."""

    async def start(self) -> None:
        """Start the processes that draw."""

    def stop(self) -> None:
        """End the processes that draw."""


class CasePictures:
    """Finds the photos of cases, and draws them."""

    def __init__(self, judged: Callable[[str, str], Kept | None], drawer: Drawer) -> None:
        """``judged`` gives what the judge saw of a content by its request's id and its digest; None: it is not kept."""
        self._judged = judged
        self._drawer = drawer

    def seen(self, case: Case) -> Kept | None:
        """Return what the judge saw of the case's content; None: it is no longer kept."""
        return self.seen_of(case.request_id, case.request_digest)

    def seen_of(self, request_id: str, request_digest: str) -> Kept | None:
        """Return what the judge saw of one content of a request; None: it is no longer kept."""
        return self._judged(request_id, request_digest)

    async def picture(self, pictures: Iterable[Picture], places: str, view: str) -> bytes:
        """Return a JPEG of the photo, or pair, at ``places`` of a case that has these pictures.

        :class:`NotFound` where there is no such place; :class:`streams.errors.MediaUnreadable` as of the drawer.
        """
        named = _PAIR.fullmatch(places)
        known = {one.place: one for one in pictures}
        wanted = [known.get(place) for place in (named.groups() if named else ()) if place]
        found = [one for one in wanted if one is not None]
        if not found or len(found) != len(wanted) or (len(found) == 2) != (view in {"aligned", "changed"}):  # noqa: PLR2004 - a pair
            msg = "this case has no such photo"
            raise NotFound(msg)
        digests = [await self._digest(one) for one in found]
        return await self._drawer.picture(view, *digests)

    async def video(self, pictures: Iterable[Picture], place: str) -> PlayedVideo:
        """Return the video at ``place``, or the one whose still is there; errors as of :meth:`picture`."""
        pointer = next((one.pointer for one in pictures if one.place == place and one.kind == "video"), None)
        if pointer is None:
            msg = "this case has no such video"
            raise NotFound(msg)
        return await self._drawer.video(await self._drawer.bytes_of(pointer))

    async def start(self) -> None:
        """Start the processes that draw: the first photo does not wait for them."""
        await self._drawer.start()

    def stop(self) -> None:
        """End the processes that draw."""
        self._drawer.stop()

    async def _digest(self, one: Picture) -> str:
        if one.pointer is not None:
            found = await self._drawer.bytes_of(one.pointer)
            return one.sha256 or found
        if one.sha256 is None:
            msg = "this photo was never fetched"
            raise NotFound(msg)
        return one.sha256


def pictures_of(evidence: EvidenceGathered) -> list[Picture]:
    """Return all photos of a case: what was claimed first, then the references, then earlier photos."""
    claims = [one for medium in evidence.media if medium.role == "claim" for one in _looks(evidence, medium)]
    references = [one for medium in evidence.media if medium.role == "reference" for one in _looks(evidence, medium)]
    earlier = [_earlier(one) for one in earlier_of(evidence)]
    named = (("c", claims), ("r", references), ("e", earlier[:EARLIER_AT_MOST]))
    return [one for letter, found in named for one in _placed(letter, found)]


def sent_pictures(case: Case, follow_ups: Iterable[FollowUp]) -> list[Picture]:
    """Return all photos that parties sent later, oldest first; one that nobody has looked at yet is there too."""
    return _placed("f", [one for sent in follow_ups for one in _sent(case, sent)])


def earlier_of(evidence: EvidenceGathered) -> list[EarlierSighting]:
    """Return the earlier photos that the claim photos resemble, each once, the nearest first."""
    found = {
        one.sighting_id: one
        for medium in evidence.media
        if medium.role == "claim"
        for one in sorted(medium.sightings, key=lambda one: -one.distance_bits)
    }
    return sorted(found.values(), key=lambda one: (one.distance_bits, one.position))


def comparison_of(evidence: EvidenceGathered, claim: Picture, reference: Picture) -> Comparison | None:
    """Return the comparison of a claim's medium with a reference's; None: they were not compared."""
    for medium in evidence.media:
        if medium.role == "claim" and medium.media_id == claim.medium:
            return next((one for one in medium.comparisons if one.reference_id == reference.medium), None)
    return None


def _placed(letter: str, found: Sequence[Picture]) -> list[Picture]:
    return [msgspec.structs.replace(one, place=f"{letter}{number}") for number, one in enumerate(found)]


def _sent(case: Case, sent: FollowUp) -> Iterator[Picture]:
    evidence = sent.evidence
    read = {} if evidence is None else {one.media_id: one for one in evidence.media}
    for one in sent.media:
        if evidence is not None and one.media_id in read:
            for look in _looks(evidence, read[one.media_id]):
                yield msgspec.structs.replace(look, role="sent", sent=sent)
        else:
            role: Role = "claim" if sent.party == "buyer" else "reference"
            pointer = request_pointer(case.request_id, case.request_digest, role, one.media_id)
            yield Picture(
                place="", role="sent", medium=one.media_id, pointer=pointer, sha256=one.sha256, kind=one.kind, sent=sent
            )


def _looks(evidence: EvidenceGathered, medium: MediumEvidence) -> Iterator[Picture]:
    """Yield a photo with the panels that it shows, or the stills of a moving picture."""
    request = evidence.request
    pointer = request_pointer(request.request_id, evidence.request_digest, medium.role, medium.media_id)
    whole = Picture(
        place="", role=medium.role, medium=medium.media_id, pointer=pointer, sha256=medium.sha256, kind=medium.kind
    )
    if all(part.at_ms is None for part in medium.parts):
        yield whole
    for part in medium.parts[:STILLS_AT_MOST]:
        yield msgspec.structs.replace(whole, sha256=part.sha256, part=part.part, at_ms=part.at_ms)


def _earlier(one: EarlierSighting) -> Picture:
    return Picture(
        place="",
        role="earlier",
        medium=one.media_id or one.sighting_id,
        pointer=_pointer(one),
        sha256=one.sha256,
        part=one.part,
        earlier=one,
    )


def _pointer(one: EarlierSighting) -> str | None:
    """Return where the store says whose bytes an earlier photo is: erased ones must not be shown."""
    if one.source == "catalogue":
        return catalogue_pointer(one.sighting_id.partition(":")[2].partition("#")[0])
    start, end = f"claim:{one.request_id}:", f":{one.media_id}" + (f"#{one.part}" if one.part else "")
    if one.request_id is None or one.media_id is None or not one.sighting_id.startswith(start):
        return None
    digest = one.sighting_id.removeprefix(start).removesuffix(end)
    return request_pointer(one.request_id, digest, "claim", one.media_id)
