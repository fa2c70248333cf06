"""The facts of one question: who is judged, what was measured, and what could not be.

Rules look at one subject at a time: the request, a claim photo, a claim photo against a reference, or an earlier
sighting of a claim photo. A reference that is not older than the claim is no subject at all: the platform attests when
it was registered, and a merchant who retouched the buyer's own photo must not gain by it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from schemas.records import (
    ClaimMedium,
    Comparison,
    EarlierSighting,
    MediumEvidence,
    Reading,
    ReferenceMedium,
    RefundRequested,
)
from streams.cases.photos.marks import PhotoMarks
from streams.history.alike import Alike
from streams.history.merchants import MerchantRecord
from streams.history.windows import History
from streams.policy.absent import Blocked, not_compared, not_looked_up, not_mentioned, unmeasured_of
from streams.policy.document import Limits, OperatingPoints, PolicyDocument
from streams.policy.own_media import is_as_it_was, is_own
from streams.policy.question import Question

Value = bool | int | float | str
Values = Mapping[str, Value]


class Whole(msgspec.Struct, frozen=True, gc=False):
    """What holds for the request as a whole.

    ``limits`` is None where the policy lists none for its currency. ``older_references`` counts references that were
    registered before the claim; ``unmeasured`` are names of readings, each once; ``claims_differ`` is the largest share
    (0 to 1) in which two of the claim's media that show one view differ.
    """

    request: RefundRequested
    history: History
    limits: Limits | None
    category_excluded: bool
    operating_points: OperatingPoints
    older_references: int
    unmeasured: tuple[str, ...]
    claims_differ: float
    marks: PhotoMarks
    merchant: MerchantRecord | None = None
    alike: Alike | None = None


class RequestSubject(msgspec.Struct, frozen=True, gc=False):
    """The request itself. ``blocked`` says that an unmeasured reading of this subject asks for a review already."""

    whole: Whole
    blocked: bool = False

    @property
    def media_id(self) -> str | None:
        """The claim photo that this subject is about."""
        return None

    @property
    def reference_id(self) -> str | None:
        """The reference that this subject is about."""
        return None


class PhotoSubject(RequestSubject, frozen=True, kw_only=True, gc=False):
    """One claim photo, with its measured readings by name."""

    medium: ClaimMedium
    evidence: MediumEvidence
    values: Values

    @property
    def media_id(self) -> str:
        """The claim photo."""
        return self.medium.media_id


class ComparisonSubject(PhotoSubject, frozen=True, kw_only=True, gc=False):
    """One claim photo against one older reference, with the readings of the pair, and what it shows to people."""

    reference: ReferenceMedium
    pair: Values
    comparison: Comparison
    beside: tuple[str, ...] = ()
    """The claim's media that were made from no reference, where this one is the reference as it is."""

    @property
    def reference_id(self) -> str:
        """The reference."""
        return self.reference.media_id


class SightingSubject(PhotoSubject, frozen=True, kw_only=True, gc=False):
    """One claim photo and one earlier photo that it resembles."""

    sighting: EarlierSighting


class Facts(msgspec.Struct, frozen=True, gc=False):
    """Subjects by the kind of rule that looks at them, and every reading that could not be made."""

    subjects: Mapping[str, Sequence[RequestSubject]]
    unmeasured: tuple[Reading, ...]


def facts(question: Question, document: PolicyDocument) -> Facts:
    """Return what rules may see of ``question`` under a policy: subjects by kind of rule, and what is unmeasured.

    Evidence that is absent counts as unmeasured: a medium that the evidence does not mention, a photo that was not
    looked up among earlier ones, a pair that was not compared.
    """
    evidence = question.evidence
    request = evidence.request
    claims = {medium.media_id: medium for medium in evidence.media if medium.role == "claim"}
    references = {medium.media_id: medium for medium in evidence.media if medium.role == "reference"}
    named = (*request.reference_media, *evidence.catalogue_media)
    older = [one for one in named if one.registered_at_ms < evidence.appended_at_ms]
    unmeasured = list(unmeasured_of(evidence))
    unmeasured += not_mentioned(request, claims, references)
    blocked = {(one.media_id, one.reference_id) for one in unmeasured if one.name not in document.may_be_unmeasured}
    unmeasured += not_looked_up(claims.values(), unmeasured, blocked)
    unmeasured += not_compared(claims.values(), [r for r in older if r.media_id in references], blocked)
    whole = _whole(question, document, len(older), unmeasured)
    photos = [
        PhotoSubject(
            whole=whole,
            blocked=(medium.media_id, None) in blocked,
            medium=medium,
            evidence=found,
            values=_values(found.readings),
        )
        for medium in request.claim_media
        if (found := claims.get(medium.media_id)) is not None
    ]
    subjects: dict[str, Sequence[RequestSubject]] = {
        "request": (RequestSubject(whole),),
        "claim_photo": photos,
        "comparison": _with_own(
            [subject for photo in photos for subject in _comparisons(photo, older, blocked)], photos
        ),
        "sighting": [_sighting(photo, sighting) for photo in photos for sighting in photo.evidence.sightings],
    }
    return Facts(subjects=subjects, unmeasured=tuple(unmeasured))


def _values(readings: Iterable[Reading]) -> Values:
    return {reading.name: reading.value for reading in readings if reading.value is not None}


def _whole(question: Question, document: PolicyDocument, older: int, unmeasured: Sequence[Reading]) -> Whole:
    request = question.evidence.request
    history = question.history
    names = [reading.name for reading in unmeasured]
    if request.orders_30d is None:
        names.append("orders_30d")
    if history.claim_rate_30d.unmeasured is not None:
        names.append(history.claim_rate_30d.name)
    return Whole(
        request=request,
        history=history,
        limits=document.amount_limits.get(request.currency),
        category_excluded=request.category in document.excluded_categories,
        operating_points=document.operating_points,
        older_references=older,
        unmeasured=tuple(dict.fromkeys(names)),
        claims_differ=_most_different(question.evidence.readings),
        marks=question.marks,
        merchant=question.merchant,
        alike=question.alike,
    )


def _most_different(readings: Iterable[Reading]) -> float:
    """Return the largest share in which two of the claim's media that show one view differ, 0 where none do."""
    shares = [one.value for one in readings if one.name == "claims_differ" and isinstance(one.value, int | float)]
    return float(max(shares, default=0.0))


def _comparisons(
    photo: PhotoSubject, older: Sequence[ReferenceMedium], blocked: Blocked
) -> Iterator[ComparisonSubject]:
    found: dict[str, Comparison] = {one.reference_id: one for one in photo.evidence.comparisons}
    for reference in older:
        comparison = found.get(reference.media_id)
        if comparison is not None:
            yield ComparisonSubject(
                whole=photo.whole,
                blocked=photo.blocked
                or (reference.media_id, reference.media_id) in blocked
                or (photo.media_id, reference.media_id) in blocked,
                medium=photo.medium,
                evidence=photo.evidence,
                values=photo.values,
                reference=reference,
                pair=_values(comparison.readings),
                comparison=comparison,
            )


def _with_own(pairs: list[ComparisonSubject], photos: Sequence[PhotoSubject]) -> list[ComparisonSubject]:
    """Return the same, but a claim medium that is a reference as it is, beside others of the buyer's own, names these.

    What it is explains what it has in common with other references: beside them it is not asked.
    """
    if len(photos) < 2:  # noqa: PLR2004 - nothing is beside one
        return pairs
    points = photos[0].whole.operating_points
    known = {one.media_id for one in pairs if is_as_it_was(one.pair, points)}
    if not known:
        return pairs
    beside: dict[str, list[Values]] = {one.media_id: [] for one in photos}
    for one in pairs:
        beside[one.media_id].append(one.pair)
    own = tuple(media_id for media_id, found in beside.items() if is_own(found, points))
    return [
        msgspec.structs.replace(one, beside=own) if own and one.media_id in known else one
        for one in pairs
        if not own or one.media_id not in known or is_as_it_was(one.pair, points)
    ]


def _sighting(photo: PhotoSubject, sighting: EarlierSighting) -> SightingSubject:
    return SightingSubject(
        whole=photo.whole,
        blocked=photo.blocked,
        medium=photo.medium,
        evidence=photo.evidence,
        values=photo.values,
        sighting=sighting,
    )
