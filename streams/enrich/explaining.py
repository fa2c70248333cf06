"""Photos of goods that may explain why a claim resembles earlier photos: both were made from the same one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from schemas.records import Comparison, EarlierSighting, PhotoSighted, ReferenceMedium
from schemas.units import NEAR_BITS
from streams.ports import Examined, KnownPhoto, Recognised, Resemblance

MOST_REFERENCES = 2
"""References, and photos of the catalogue, that may explain a resemblance: each is compared pixel by pixel."""
_CONTAINED = frozenset({"reference_in_part", "reference_within", "reference_marked"})
_MADE_FROM = _CONTAINED | {"altered_fraction"}
"""Readings of a claim that was compared with a reference place by place, or that has it as one of its panels."""


@dataclass(frozen=True, slots=True)
class OwnReference:
    """A reference of the request that is a photo and older than the claim, and how the claim compares with it.

    ``altered`` is as in :class:`streams.ports.Compared`.
    """

    medium: ReferenceMedium
    look: Examined
    comparison: Comparison
    altered: bytes | None = None

    @property
    def may_be_source(self) -> bool:
        """Whether the claim is this file, or it was asked whether its pixels are: no less accuses anybody."""
        return any(
            reading.name == "copied" or (reading.name == "same_bytes" and reading.value is True)
            for reading in self.comparison.readings
        )


@dataclass(frozen=True, slots=True)
class Explaining:
    """A photo of goods that may explain why a claim resembles others: a reference, or one that is ``listed``.

    ``own`` where it is of the goods that the claim is about.
    """

    name: str
    photo: KnownPhoto
    own: bool = True
    registered_at_ms: int = 0
    listed: EarlierSighting | None = None

    def may_explain(self, sighting: EarlierSighting, *, of_own_goods: bool) -> bool:
        """Return whether an earlier photo and the claim may be alike for no other reason than that both show this one.

        Another claim only where this one was there first: else a forged photo that a merchant lists afterwards would
        explain its own reuse. A listing only by the claim's own goods: merchants share their makers' photos.
        """
        if sighting.source == "catalogue":
            return self.own and (self.listed is None or not of_own_goods)
        if self.listed is not None:
            return (self.listed.seen_at_ms or 0) < (sighting.seen_at_ms or 0)
        return self.registered_at_ms < (sighting.seen_at_ms or 0)


def explaining(
    sighting: PhotoSighted, found: Sequence[EarlierSighting], references: Sequence[OwnReference]
) -> list[Explaining]:
    """Return what may explain a claim photo's resemblances: references first, then the catalogue among ``found``."""
    return [*_references(references), *_listings(sighting, found)]


def resemblance(
    sighting: PhotoSighted, one: EarlierSighting, may_explain: Sequence[Explaining], *, page: bool = False
) -> Resemblance:
    """Return what is asked of one earlier photo that a claim photo, perhaps a ``page``, resembles.

    Features are asked beyond the exact search, where hashes alone are often alike by chance: a bound of the work. What
    counts as one image is for the policy to say.
    """
    mine = _own_goods(sighting, one)
    return Resemblance(
        KnownPhoto(one.sha256 or "", "claim" if one.source == "claim" else "reference"),
        one.distance_bits > NEAR_BITS,
        tuple(place for place, other in enumerate(may_explain) if other.may_explain(one, of_own_goods=mine)),
        page,
        panel=sighting.part is not None and sighting.part.startswith("p"),
    )


def answered(one: EarlierSighting, answer: Recognised, may_explain: Sequence[Explaining]) -> EarlierSighting:
    """Return an earlier photo with what was recognised of it; what explains it goes by its name."""
    return msgspec.structs.replace(
        one,
        confirmed=answer.confirmed,
        explained_by=None if answer.explained_by is None else may_explain[answer.explained_by].name,
        shared_alteration=answer.shared_alteration,
    )


def _references(own: Sequence[OwnReference]) -> list[Explaining]:
    """Return the references that the claim was made from, place by place: those that may explain something."""
    found = []
    for one in own:
        names = {reading.name: reading.value for reading in one.comparison.readings}
        made_from = names.get("same_bytes") is True or not names.keys().isdisjoint(_MADE_FROM)
        if one.look.sha256 is not None and made_from:
            photo = KnownPhoto(one.look.sha256, "reference", one.altered)
            found.append((names, Explaining(one.medium.media_id, photo, registered_at_ms=one.medium.registered_at_ms)))
    found.sort(key=lambda one: (not _is_in(one[0]), -_number(one[0].get("derived_score"))))
    return [one for _, one in found[:MOST_REFERENCES]]


def _listings(sighting: PhotoSighted, found: Sequence[EarlierSighting]) -> list[Explaining]:
    """Return the photos of the catalogue that may explain something, those of the claim's own goods first."""
    listed = [
        Explaining(one.sighting_id, KnownPhoto(one.sha256, "reference"), _own_goods(sighting, one), listed=one)
        for one in found
        if one.source == "catalogue" and one.sha256 is not None
    ]
    return sorted(listed, key=lambda one: not one.own)[:MOST_REFERENCES]


def _own_goods(sighting: PhotoSighted, one: EarlierSighting) -> bool:
    return (one.merchant_id, one.product_id) == (sighting.merchant_id, sighting.product_id)


def _is_in(names: Mapping[str, object]) -> bool:
    return names.get("same_bytes") is True or not _CONTAINED.isdisjoint(names)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
