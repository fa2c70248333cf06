"""Claim photos beside references, and videos with their moments, in the words of one person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.records import EvidenceGathered, Reading
from streams.casework.photos.pictures import Picture, comparison_of
from streams.console.pages.preferences import DisplayPreferences
from streams.wording.cause import why
from streams.wording.tables import texts

NOT_OPENED = "photo"
"""The reading that is unmeasured where nothing of a photo or video could be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A claim photo beside a reference; ``laid``: one can be laid over the other, ``seen``: both could be opened.

    For videos and collages it is the still or panel that shows most.
    """

    claim: Picture
    reference: Picture
    score: float
    laid: bool
    seen: bool = True
    regions: int
    name: str
    origin: str
    notes: Sequence[str]

    @property
    def places(self) -> str:
        """Both, as addresses name them."""
        return f"{self.claim.place}-{self.reference.place}"

    @property
    def beside(self) -> str:
        """The address of the reference beside the claim: laid over it if that can be done, else as it is."""
        return f"{self.places}/aligned" if self.laid else f"{self.reference.place}/screen"


@dataclass(frozen=True, slots=True)
class Moment:
    """A still of a video that was looked at; ``compared``: a reference was compared with this one."""

    picture: Picture
    at_ms: int
    compared: bool

    @property
    def clock(self) -> str:
        """Its time in the video, as players write it."""
        return _clock(self.at_ms)


@dataclass(frozen=True, slots=True)
class Video:
    """A video of the claim; ``place`` names it in addresses.

    Without moments, nothing of it could be looked at; ``why`` gives the reason where something could not be.
    """

    place: str
    medium: str
    moments: Sequence[Moment]
    why: str


def pairs_of(evidence: EvidenceGathered, pictures: Sequence[Picture], says: DisplayPreferences) -> list[Pair]:
    """Return each claim medium beside each reference, the likeliest source first."""
    claims, references = (_by_medium(pictures, role) for role in ("claim", "reference"))
    found = [_pair(evidence, claim, reference, says) for claim in claims for reference in references]
    return sorted(found, key=lambda one: -one.score)


def name_of(picture: Picture, says: DisplayPreferences) -> str:
    """Return the name of a photo as the page shows it: its medium's, and which still or panel it is."""
    if picture.at_ms is not None:
        return f"{picture.medium} · {_clock(picture.at_ms)}"
    if picture.part is not None:
        return f"{picture.medium} · {says.say('pair', 'panel', number=picture.part[1:])}"
    return picture.medium


def videos_of(evidence: EvidenceGathered, claims: Sequence[Picture], says: DisplayPreferences) -> list[Video]:
    """Return the claim's videos, each with its stills as they come."""
    return [_video(evidence, looks, says) for looks in _by_medium(claims, "claim") if looks[0].kind == "video"]


def _by_medium(pictures: Sequence[Picture], role: str) -> list[list[Picture]]:
    found: dict[str, list[Picture]] = {}
    for one in pictures:
        if one.role == role:
            found.setdefault(one.medium, []).append(one)
    return list(found.values())


def _pair(
    evidence: EvidenceGathered, claims: list[Picture], references: list[Picture], says: DisplayPreferences
) -> Pair:
    beside = comparison_of(evidence, claims[0], references[0])
    readings = {} if beside is None else {one.name: one for one in beside.readings}
    claim = _compared(claims, readings, "claim_second", "claim_part")
    reference = _compared(references, readings, "reference_second")
    score = readings["derived_score"].value if "derived_score" in readings else 0.0
    return Pair(
        claim=claim,
        reference=reference,
        score=float(score) if isinstance(score, int | float) else 0.0,
        laid="scene_differs" in readings,
        seen=all(_was_opened(evidence, one) for one in (claims[0], references[0])),
        regions=0 if beside is None else len(beside.regions),
        name=name_of(reference, says),
        origin=_origin(evidence, reference, says),
        notes=list(_notes(readings, says)),
    )


def _was_opened(evidence: EvidenceGathered, picture: Picture) -> bool:
    """Return whether the file of a picture could be fetched and decoded."""
    media = (one for one in evidence.media if (one.role, one.media_id) == (picture.role, picture.medium))
    return all(
        reading.name != NOT_OPENED for one in media for reading in one.readings if reading.unmeasured is not None
    )


def _compared(looks: list[Picture], readings: Mapping[str, Reading], second: str, part: str = "") -> Picture:
    """Return which still or panel of a medium was compared; the first look where nothing says which."""
    at, named = readings.get(second), readings.get(part)
    if at is not None and isinstance(at.value, int | float):
        at_ms = round(1_000 * at.value)
        return min(looks, key=lambda one: abs((one.at_ms or 0) - at_ms))
    return next((one for one in looks if named is not None and one.part == named.value), looks[0])


def _clock(at_ms: int) -> str:
    minutes, seconds = divmod(at_ms // 1_000, 60)
    return f"{minutes}:{seconds:02}"


def _video(evidence: EvidenceGathered, looks: list[Picture], says: DisplayPreferences) -> Video:
    own = next(one for one in evidence.media if one.role == "claim" and one.media_id == looks[0].medium)
    seconds = [one.value for beside in own.comparisons for one in beside.readings if one.name == "claim_second"]
    compared = {round(1_000 * one) for one in seconds if isinstance(one, int | float)}
    moments = [Moment(one, one.at_ms, one.at_ms in compared) for one in looks if one.at_ms is not None]
    causes = [says.of_text(why(one)) for one in own.readings if one.unmeasured is not None]
    return Video(looks[0].place, looks[0].medium, moments, next(iter(causes), ""))


def _origin(evidence: EvidenceGathered, reference: Picture, says: DisplayPreferences) -> str:
    named = (*evidence.request.reference_media, *evidence.catalogue_media)
    given = next((one for one in named if one.media_id == reference.medium), None)
    if given is None:
        return ""
    return f"{says.of(texts('pages/origins')[given.origin])} · {says.moment(given.registered_at_ms)}"


def _notes(readings: Mapping[str, Reading], says: DisplayPreferences) -> Iterator[str]:
    """Yield in a few words what a person has to know to see a pair rightly."""
    share, turns = readings.get("altered_fraction"), readings.get("quarter_turns")
    if share is not None and isinstance(share.value, float) and share.value:
        yield says.say("pair", "altered", share=says.share(share.value))
    if "mirrored" in readings and readings["mirrored"].value is True:
        yield says.say("pair", "mirrored")
    if turns is not None and turns.value in {1, 2, 3}:
        yield says.say("pair", "turned", degrees=90 * int(turns.value))
