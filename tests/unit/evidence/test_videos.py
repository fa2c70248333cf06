"""A video is its sharpest stills, one a scene, or a sentence that says why not."""

import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.errors import MediaUnreadable
from streams.evidence import stills, videos
from streams.evidence.comparison import PairResult, Photo
from streams.evidence.decoding import decode
from streams.evidence.examination import Examination, examine
from streams.evidence.limits import Limits
from streams.evidence.stills import Still
from streams.wording.cause import unmeasured, why
from tests.photos import a_picture, jpeg, stained
from tests.videos import a_video

LIMITS = Limits(30_000_000, 10_000_000)
SIZE = {"width": 640, "height": 480}
SCENES = [a_picture(seed, **SIZE) for seed in (1, 2, 3)]
VIDEO = a_video(SCENES)


def values(found: Examination) -> dict[str, object]:
    return {reading.name: reading.value for reading in found.readings}


def unseen(found: Examination) -> list[str]:
    return [reading.unmeasured for reading in found.readings if reading.unmeasured is not None]


def of_a_video(video: bytes) -> list[Still]:
    found = stills.unpack(videos.examine(video, LIMITS).features)
    return [
        Still(at_ms, Photo(packed, lambda at_ms=at_ms: videos.still(video, at_ms or 0, LIMITS)))  # type: ignore[misc] # mypy cannot type a default
        for at_ms, packed in found
    ]


def of_a_photo(photo: bytes) -> list[Still]:
    from streams.evidence.colours import develop  # noqa: PLC0415 - beside its one use

    return [Still(None, Photo(examine(photo, LIMITS).features, lambda: develop(photo, LIMITS)))]


def told(beside: PairResult) -> dict[str, object]:
    return {reading.name: reading.value for reading in beside.readings}


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_of_each_scene_one_still_is_kept_whatever_the_container(suffix: str) -> None:
    found = videos.examine(a_video(SCENES, suffix=suffix), LIMITS)
    name = {".mp4": "MP4", ".mov": "QUICKTIME", ".mkv": "MATROSKA", ".webm": "WEBM"}[suffix]
    expected = {"width_px": 640, "height_px": 480, "format": name, "video_s": 6.0, "video_stills": 3}
    assert expected.items() <= values(found).items()
    assert unseen(found) == []


def test_the_sharpest_moment_of_a_scene_is_taken() -> None:
    moments = [at_ms for at_ms, _ in stills.unpack(videos.examine(a_video(SCENES, shaky=True), LIMITS).features)]
    assert [(at_ms or 0) // 1000 % 2 for at_ms in moments] == [1, 1, 1]


def test_a_still_is_the_picture_that_was_filmed() -> None:
    (first, *_) = stills.unpack(videos.examine(VIDEO, LIMITS).features)
    seen = videos.still(VIDEO, first[0] or 0, LIMITS)
    assert (seen.width, seen.height) == (640, 480)
    assert np.abs(seen.pixels.astype(int) - np.asarray(SCENES[0]).astype(int)).mean() < 8


def test_of_many_scenes_no_more_stills_are_kept_than_can_be_compared() -> None:
    found = videos.examine(a_video([a_picture(seed, 320, 240) for seed in range(9)], seconds_each=1), LIMITS)
    assert values(found)["video_stills"] == videos.MOST_STILLS


def test_a_photo_made_from_a_moment_of_a_packing_video_is_found_and_the_second_is_told() -> None:
    claim = jpeg(stained(SCENES[1], 0.03), quality=85)
    (beside,) = stills.compare(of_a_photo(claim), [of_a_video(VIDEO)])
    seen = told(beside)
    assert beside.found is not None
    assert (beside.found.score >= 0.5, beside.found.altered) == (True, True)
    assert 2 <= float(str(seen["reference_second"])) < 4
    assert "claim_second" not in seen


def test_a_claim_s_video_is_compared_by_its_moments() -> None:
    listed, other = jpeg(SCENES[2]), jpeg(a_picture(9, **SIZE))
    from_it, unlike = stills.compare(of_a_video(VIDEO), [of_a_photo(listed), of_a_photo(other)])
    assert from_it.found is not None
    assert from_it.found.score >= 0.5
    assert float(str(told(from_it)["claim_second"])) >= 4
    assert float(str(told(unlike)["derived_score"])) < 0.5


def test_a_photo_beside_photos_is_compared_as_ever() -> None:
    (beside,) = stills.compare(of_a_photo(jpeg(stained(SCENES[0], 0.03))), [of_a_photo(jpeg(SCENES[0]))])
    assert beside.found is not None
    assert beside.found.altered is True
    assert not {"claim_second", "reference_second"} & told(beside).keys()


@pytest.mark.parametrize(
    ("video", "expected"),
    [
        (b"", "the file is no video that can be read"),
        (jpeg(), "the file is no video that can be read"),
        (b"#EXTM3U\nhttp://example.org/1.ts", "the file is no video that can be read"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(500), "the video is damaged or incomplete"),
        (VIDEO[: len(VIDEO) // 2], "the video is damaged or incomplete"),
        (b"\x1aE\xdf\xa3" + bytes(500), "the video is damaged or incomplete"),
    ],
)
def test_what_is_no_video_says_so_in_both_languages(video: bytes, expected: str) -> None:
    with pytest.raises(MediaUnreadable, match=expected) as refused:
        videos.examine(video, LIMITS)
    assert why(unmeasured("photo", refused.value.cause)).en == str(refused.value)


def test_a_video_beyond_the_limits_is_not_decoded() -> None:
    with pytest.raises(MediaUnreadable, match="at most 1,000 are looked at"):
        videos.examine(VIDEO, Limits(1_000, 10_000_000))
    with pytest.raises(MediaUnreadable, match="640 x 480 pixels; at most 300,000 are looked at"):
        videos.examine(VIDEO, Limits(30_000_000, 300_000))


def test_a_long_video_says_how_much_of_it_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "MOST_FRAMES", 3)
    assert unseen(videos.examine(VIDEO, LIMITS)) == ["only the first 2 s of the video were looked at"]


def test_a_long_stretch_without_a_whole_frame_was_not_looked_at_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "LONGEST_GAP_S", 0.5)
    assert unseen(videos.examine(VIDEO, LIMITS)) == ["1 s of the video hold no frame that could be looked at"]


def test_a_frame_from_before_the_beginning_is_looked_at_as_the_first() -> None:
    film = a_video([a_picture(1, 160, 120), a_picture(2, 160, 120)], 1, ".mkv")
    earlier = film.replace(b"\x81\x00\x00\x80", b"\x81\xfe\x00\x80")  # a block's time, half a second back
    assert earlier != film
    assert [at_ms for at_ms, _ in stills.unpack(videos.examine(earlier, LIMITS).features)] == [0, 488]


def test_a_frame_later_than_any_video_lasts_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "LATEST_S", 0.5)
    with pytest.raises(MediaUnreadable, match="damaged or incomplete"):
        videos.examine(VIDEO, LIMITS)


def test_a_video_that_names_another_file_opens_none() -> None:
    """A file that only names others to read (an MP4 whose data lies elsewhere) has nothing to show."""
    elsewhere = (
        b"\x00\x00\x00\x1cftypqt  \x00\x00\x00\x00qt  mp42isom" + b"\x00\x00\x00\x20moovrmra" + struct.pack(">I", 8)
    )
    with pytest.raises(MediaUnreadable, match="damaged or incomplete"):
        videos.examine(elsewhere + b"rdrfurl file:///etc/hostname", LIMITS)


def test_a_video_sent_as_a_photo_is_refused_as_one() -> None:
    with pytest.raises(MediaUnreadable, match="of the format MP4 video"):
        decode(VIDEO, LIMITS)


def test_the_packed_stills_of_a_video_are_unpacked_as_they_were() -> None:
    assert stills.unpack(stills.pack([(0, b"one"), (2_040, b"two")])) == [(0, b"one"), (2_040, b"two")]
    with pytest.raises(MediaUnreadable, match="what was kept"):
        stills.unpack(stills.pack([(0, b"one")])[:10])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=20))
def test_damaged_bytes_are_a_video_or_a_sentence(changes: list[tuple[float, int]]) -> None:
    damaged = bytearray(VIDEO)
    for place, value in changes:
        damaged[int(place * len(damaged))] = value
    try:
        found = videos.examine(bytes(damaged), LIMITS)
    except MediaUnreadable:
        return
    assert stills.unpack(found.features)
