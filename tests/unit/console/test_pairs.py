"""How a claim photo and its reference stand beside each other, and which still or panel of them that is."""

import pytest

from schemas.records import EvidenceGathered, Reading
from schemas.records.evidence import Comparison, MediumEvidence, PartEvidence, Region
from streams.casework.photos.pictures import Picture, pictures_of
from streams.console.pages.pairs import Pair, name_of, pairs_of, videos_of
from streams.console.pages.preferences import DisplayPreferences
from streams.wording import causes
from tests.builders import a_fingerprint, a_medium_evidence, an_evidence, unmeasured

ENGLISH = DisplayPreferences("en")


def stills(*times_ms: int) -> list[PartEvidence]:
    return [
        PartEvidence(part=f"s{number}", sha256=f"{number}" * 64, fingerprint=a_fingerprint(), at_ms=at_ms)
        for number, at_ms in enumerate(times_ms)
    ]


def beside(**values: float | str) -> Comparison:
    readings = [Reading(name=name, value=value) for name, value in values.items()]
    return Comparison(reference_id="r1", readings=readings)


def claimed(medium: MediumEvidence, reference: MediumEvidence | None = None) -> EvidenceGathered:
    return an_evidence(media=[medium, reference or a_medium_evidence("r1", role="reference")])


@pytest.mark.parametrize(("laid", "beside"), [(True, "c0-r1/aligned"), (False, "r1/screen")])
def test_a_reference_that_cannot_be_laid_over_its_claim_is_shown_by_itself(laid: bool, beside: str) -> None:  # noqa: FBT001 - a table's column
    pair = Pair(
        claim=Picture(place="c0", role="claim", medium="c1"),
        reference=Picture(place="r1", role="reference", medium="r1"),
        score=0.0,
        laid=laid,
        regions=0,
        name="r1",
        origin="",
        notes=(),
    )

    assert pair.beside == beside, "else a broken claim photo hid its reference"


def test_of_a_photo_that_could_not_be_opened_nobody_is_told_to_compare_it() -> None:
    lost = claimed(a_medium_evidence("c1", fingerprint=None, readings=[unmeasured("photo", causes.FILE_EMPTY)]))
    whole = claimed(a_medium_evidence("c1"))

    assert [pair.seen for pair in pairs_of(lost, pictures_of(lost), ENGLISH)] == [False]
    assert [pair.seen for pair in pairs_of(whole, pictures_of(whole), ENGLISH)] == [True]


def test_of_a_video_the_still_that_was_compared_stands_beside_the_reference() -> None:
    video = a_medium_evidence(
        "c1",
        kind="video",
        fingerprint=None,
        parts=stills(0, 2_500, 4_000),
        comparisons=[beside(derived_score=0.9, claim_second=2.5)],
    )
    evidence = claimed(video)

    [pair] = pairs_of(evidence, pictures_of(evidence), ENGLISH)

    assert (pair.claim.place, name_of(pair.claim, ENGLISH)) == ("c1", "c1 · 0:02")


def test_of_a_collage_the_panel_that_was_compared_stands_beside_the_reference() -> None:
    region = Region(x=0, y=0, width=10, height=10)
    panels = [
        PartEvidence(part=f"p{number}", sha256=f"{number}" * 64, fingerprint=a_fingerprint(), region=region)
        for number in (1, 2)
    ]
    of_panel, of_whole = (
        claimed(a_medium_evidence("c1", parts=panels, comparisons=[beside(derived_score=0.9, claim_part=part)]))
        for part in ("p2", "")
    )

    [pair] = pairs_of(of_panel, pictures_of(of_panel), ENGLISH)
    [whole] = pairs_of(of_whole, pictures_of(of_whole), ENGLISH)

    assert (pair.claim.part, name_of(pair.claim, ENGLISH)) == ("p2", "c1 · panel 2")
    assert (whole.claim.part, name_of(whole.claim, ENGLISH)) == (None, "c1")


def test_a_video_tells_which_of_its_stills_were_compared_and_why_others_were_not_looked_at() -> None:
    readings = [unmeasured("video_scenes_unseen", causes.VIDEO_DAMAGED)]
    video = a_medium_evidence(
        "c1",
        kind="video",
        fingerprint=None,
        readings=readings,
        parts=stills(0, 61_000),
        comparisons=[beside(claim_second=61.0)],
    )
    evidence = claimed(video)

    [found] = videos_of(evidence, [one for one in pictures_of(evidence) if one.role == "claim"], ENGLISH)

    assert [(one.clock, one.compared) for one in found.moments] == [("0:00", False), ("1:01", True)]
    assert found.why == "the video is damaged or incomplete"


def test_a_video_of_which_nothing_could_be_looked_at_is_a_video_still() -> None:
    evidence = claimed(a_medium_evidence("c1", kind="video", fingerprint=None))

    [found] = videos_of(evidence, [one for one in pictures_of(evidence) if one.role == "claim"], ENGLISH)

    assert (found.place, found.moments) == ("c0", [])
