"""A claim beside its references as a worker compares them, panels and all, and what the packaged policy says of it."""

from PIL import Image

from streams.evidence.comparing import media_comparison, stills
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.stills import Still
from streams.evidence.looking import kept_panels
from streams.policy.pair_verdict import photo_verdict
from tests.looks import developed, looked_at
from tests.photos import jpeg

ACCUSING = {"DERIVED_AND_ALTERED", "SCENE_REGENERATED", "RESENT_REFERENCE"}


def looks(file: bytes, *, reference: bool = False) -> list[Still]:
    found = looked_at(file, reference=reference)
    names = [sha256 for _, sha256 in kept_panels.parts(found.features)]
    pictures = dict(zip(names, found.pictures, strict=True))
    return stills.looks(found.features, lambda part: developed(file if part is None else pictures[part]))


def beside(claim: bytes, *references: Image.Image) -> list[PairResult]:
    listed = [looks(jpeg(one, 92), reference=True) for one in references]
    return media_comparison.compare(looks(claim), listed)


def said(pair: PairResult) -> dict[str, object]:
    return {one.name: one.value for one in pair.readings}


def judged(claim: bytes, found: list[PairResult]) -> set[str]:
    names = [f"r{at}" for at in range(len(found))]
    told = photo_verdict(looked_at(claim).readings, found, [False] * len(found), names)
    return {reason.code for reason in told.reasons}


def told_among_others(claim: bytes, *references: Image.Image) -> bool:
    """Whether a reference is told to be altered beside other pictures, and a person looks, who accuses nobody."""
    pairs = beside(claim, *references)
    told = [one for one in pairs if "reference_among_others" in said(one) and one.found is not None]
    codes = judged(claim, pairs)
    return any(one.found is not None and one.found.altered for one in told) and (
        "LIKE_REFERENCE" in codes and codes.isdisjoint(ACCUSING)
    )


def reasons(claim: bytes, *references: Image.Image) -> set[str]:
    return judged(claim, beside(claim, *references))
