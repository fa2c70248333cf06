"""A video is its sharpest stills, one a scene, or a sentence that says why not."""

import hashlib
import io
import struct

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from schemas.records import Reading
from streams.errors import MediaUnreadable
from streams.evidence.comparing import stills
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.stills import Still
from streams.evidence.files import clips
from streams.evidence.files.colours import develop
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from streams.evidence.files.media_kinds import video_format
from streams.evidence.files.video_file import VideoFile
from streams.evidence.looking import kept_stills, scenes, videos
from streams.evidence.looking.examination import Examination
from streams.evidence.looking.kept_stills import KeptStill
from streams.evidence.looking.looking import look
from streams.wording.cause import unmeasured, why
from tests.photos import a_picture, jpeg, stained
from tests.videos import a_cross_fade, a_video, an_av1_video

LIMITS = Limits(30_000_000, 10_000_000)
SIZE = {"width": 640, "height": 480}
SCENES = [a_picture(seed, **SIZE) for seed in (1, 2, 3)]
VIDEO = a_video(SCENES)


def values(found: Examination) -> dict[str, object]:
    return {reading.name: reading.value for reading in found.readings}


def unseen(found: Examination) -> list[str]:
    return [reading.unmeasured for reading in found.readings if reading.unmeasured is not None]


def looked_at(video: bytes, limits: Limits = LIMITS) -> Examination:
    with VideoFile.of([video]) as file:
        return look(file, limits)


def looks(file: bytes) -> list[Still]:
    found = looked_at(file) if video_format(file) else look(file, LIMITS)
    pictures = {hashlib.sha256(picture).hexdigest(): picture for picture in found.pictures}
    return stills.looks(found.features, lambda still: develop(pictures[still] if still else file, LIMITS))


def moments(found: Examination) -> list[int]:
    return [still.at_ms for still in kept_stills.unpack(found.features)]


def told(beside: PairResult) -> dict[str, object]:
    return {reading.name: reading.value for reading in beside.readings}


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_of_each_scene_one_still_is_kept_whatever_the_container(suffix: str) -> None:
    found = looked_at(a_video(SCENES, suffix=suffix))
    name = {".mp4": "MP4", ".mov": "QUICKTIME", ".mkv": "MATROSKA", ".webm": "WEBM"}[suffix]
    expected = {"width_px": 640, "height_px": 480, "format": name, "video_s": 6.0, "video_stills": 3}
    assert expected.items() <= values(found).items()
    assert unseen(found) == []


def test_the_sharpest_moment_of_a_scene_is_taken() -> None:
    assert [at_ms // 1000 % 2 for at_ms in moments(looked_at(a_video(SCENES, shaky=True)))] == [1, 1, 1]


def test_a_still_is_the_picture_that_was_filmed() -> None:
    first, *_ = looked_at(VIDEO).pictures
    seen = develop(first, LIMITS)
    assert (seen.width, seen.height) == (640, 480)
    assert np.abs(seen.pixels.astype(int) - np.asarray(SCENES[0]).astype(int)).mean() < 8


def test_a_still_says_where_it_stands_in_the_whole_frame_however_large_that_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scenes, "STILL_PIXELS", 320 * 240)
    claim, *_ = looks(VIDEO)
    print_ = claim.photo.develop()
    assert (print_.pixels.shape[:2], print_.width, print_.height) == ((240, 320), 640, 480)


def test_a_photo_made_from_a_moment_of_a_packing_video_is_found_and_the_second_is_told() -> None:
    claim = jpeg(stained(SCENES[1], 0.03), quality=85)
    (beside,) = stills.compare(looks(claim), [looks(VIDEO)])
    seen = told(beside)
    assert beside.found is not None
    assert (beside.found.score >= 0.5, beside.found.altered) == (True, True)
    assert 2 <= float(str(seen["reference_second"])) < 4
    assert "claim_second" not in seen


def test_a_claim_s_video_is_compared_by_its_moments() -> None:
    listed, other = jpeg(SCENES[2]), jpeg(a_picture(9, **SIZE))
    from_it, unlike = stills.compare(looks(VIDEO), [looks(listed), looks(other)])
    assert from_it.found is not None
    assert from_it.found.score >= 0.5
    assert float(str(told(from_it)["claim_second"])) >= 4
    assert float(str(told(unlike)["derived_score"])) < 0.5


def test_a_photo_beside_photos_is_compared_as_ever() -> None:
    (beside,) = stills.compare(looks(jpeg(stained(SCENES[0], 0.03))), [looks(jpeg(SCENES[0]))])
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
        looked_at(video)
    assert why(unmeasured("photo", refused.value.cause)).en == str(refused.value)


def test_a_video_beyond_the_limits_is_not_decoded() -> None:
    with pytest.raises(MediaUnreadable, match="at most 1,000 are looked at"):
        looked_at(VIDEO, Limits(30_000_000, 10_000_000, video_bytes=1_000))
    with pytest.raises(MediaUnreadable, match="640 x 480 pixels; at most 300,000 are looked at"):
        looked_at(VIDEO, Limits(30_000_000, 300_000))


def test_a_long_video_says_how_much_of_it_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "MOST_FRAMES", 3)
    assert unseen(looked_at(VIDEO)) == ["only the first 2 s of the video were looked at"]


@pytest.mark.parametrize(("rate", "at_s"), [(2, 3.0), (4, 1.5), (12, 0.5), (60, 0.1)])
def test_what_is_shown_where_few_frames_are_stored_whole_is_looked_at(rate: int, at_s: float) -> None:
    """A forged listing behind an honest first frame: chat apps store one frame in ten seconds whole, or one in all."""
    film = a_cross_fade(SCENES[0], SCENES[1], rate)
    with VideoFile.of([film]) as file, clips.opened(file, LIMITS) as clip:
        assert [at_s for at_s, _ in clip.frames] == [0.0]
    (beside,) = stills.compare(looks(film), [looks(jpeg(SCENES[1]))])
    assert beside.found is not None
    assert (beside.found.score >= 0.5, told(beside)["claim_second"]) == (True, pytest.approx(at_s, abs=0.1))
    assert unseen(looked_at(film)) == []


def test_a_long_video_is_looked_at_to_its_end_though_frames_are_further_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "MOST_FRAMES", 9)  # of six seconds
    monkeypatch.setattr(videos, "FEWEST_FRAMES", 1)
    assert unseen(looked_at(a_cross_fade(SCENES[0], SCENES[1], 2))) == []


def test_a_long_stretch_without_a_frame_was_not_looked_at_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "LONGEST_GAP_S", 0.5)
    assert unseen(looked_at(VIDEO)) == ["1 s of the video hold no frame that could be looked at"]


def test_whole_frames_that_follow_each_other_closely_are_passed_over() -> None:
    with VideoFile.of([VIDEO]) as file, clips.opened(file, LIMITS, apart_s=1.5) as clip:
        assert [at_s for at_s, _ in clip.frames] == [0.0, 2.0, 4.0]


@pytest.mark.parametrize("suffix", [".mkv", ".webm"])
def test_a_video_that_was_recorded_live_is_as_long_as_its_last_packet_says(suffix: str) -> None:
    film = a_video([SCENES[0]], 3, suffix)
    live = film.replace(b"\x44\x89", b"\x44\x8a", 1)  # the duration by an id that nobody knows
    assert live != film
    found = looked_at(live)
    assert unseen(found) == []
    assert 2.5 < float(str(values(found)["video_s"])) <= 3.0


def test_a_frame_from_before_the_beginning_is_looked_at_as_the_first() -> None:
    film = a_video([a_picture(1, 160, 120), a_picture(2, 160, 120)], 1, ".mkv")
    earlier = film.replace(b"\x81\x00\x00\x80", b"\x81\xfe\x00\x80")  # a block's time, half a second back
    assert earlier != film
    first, second = moments(looked_at(earlier))
    assert (first, second > 0) == (0, True)


def test_a_frame_later_than_any_video_lasts_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "LATEST_S", 0.5)
    with pytest.raises(MediaUnreadable, match="damaged or incomplete"):
        looked_at(VIDEO)


def test_a_video_that_names_another_file_opens_none() -> None:
    """A file that only names others to read (an MP4 whose data lies elsewhere) has nothing to show."""
    elsewhere = (
        b"\x00\x00\x00\x1cftypqt  \x00\x00\x00\x00qt  mp42isom" + b"\x00\x00\x00\x20moovrmra" + struct.pack(">I", 8)
    )
    with pytest.raises(MediaUnreadable, match="damaged or incomplete"):
        looked_at(elsewhere + b"rdrfurl file:///etc/hostname")


def test_a_video_sent_as_a_photo_is_refused_as_one() -> None:
    with pytest.raises(MediaUnreadable, match="of the format MP4 video"):
        decode(VIDEO, LIMITS)


def test_the_kept_stills_of_a_video_are_unpacked_as_they_were() -> None:
    kept = [KeptStill(0, "ab" * 32, 640, 480, b"one"), KeptStill(2_040, "cd" * 32, 640, 480, b"two")]
    assert kept_stills.unpack(kept_stills.pack(kept)) == kept
    with pytest.raises(MediaUnreadable, match="what was kept"):
        kept_stills.unpack(kept_stills.pack(kept)[:50])


def test_a_photo_has_no_kept_stills() -> None:
    assert kept_stills.unpack(look(jpeg(), LIMITS).features) == []


def test_a_video_coded_as_av1_is_looked_at_between_its_whole_frames_too() -> None:
    film = an_av1_video()
    with VideoFile.of([film]) as file, clips.opened(file, LIMITS) as clip:
        assert [at_s for at_s, _ in clip.frames] == [0.0]
    found = looked_at(film)
    assert {"width_px": 320, "height_px": 240, "format": "MP4", "video_s": 3.0}.items() <= values(found).items()
    assert (moments(found), unseen(found)) == ([0, 1000, 2000], [])
    for seed, picture in enumerate(found.pictures, 1):
        seen = develop(picture, LIMITS).pixels
        assert np.abs(seen.astype(int) - np.asarray(a_picture(seed, 320, 240)).astype(int)).mean() < 8


def test_of_an_av1_video_no_more_is_kept_in_memory_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "MOST_OF_A_RUN", 1_000)
    monkeypatch.setattr(videos, "LONGEST_GAP_S", 1.5)
    found = looked_at(an_av1_video())
    assert (moments(found), unseen(found)) == ([0], ["3 s of the video hold no frame that could be looked at"])


def test_a_video_in_a_codec_that_nothing_here_decodes_names_it() -> None:
    with pytest.raises(MediaUnreadable, match="coded as xyz9, which cannot be decoded here"):
        looked_at(VIDEO.replace(b"mp4v", b"xyz9").replace(b"esds", b"free"))


@pytest.mark.parametrize("video", [VIDEO, an_av1_video()])
@pytest.mark.parametrize(
    ("matrix", "turn"),
    [((0, 1, -1, 0), Image.Transpose.ROTATE_270), ((-1, 0, 0, -1), Image.Transpose.ROTATE_180),
     ((0, -1, 1, 0), Image.Transpose.ROTATE_90)],
)  # fmt: skip
def test_a_video_that_was_filmed_turned_is_looked_at_upright(
    video: bytes, matrix: tuple[int, ...], turn: Image.Transpose
) -> None:
    head = video.index(b"tkhd") + 4
    at = head + (52 if video[head] else 40)
    a, b, c, d = (value << 16 for value in matrix)
    turned = video[:at] + struct.pack(">iiiiiiiii", a, b, 0, c, d, 0, 0, 0, 1 << 30) + video[at + 36 :]
    upright, found = looked_at(video), looked_at(turned)
    expected = Image.open(io.BytesIO(upright.pictures[0])).transpose(turn)
    seen = develop(found.pictures[0], LIMITS).pixels
    assert (values(found)["width_px"], values(found)["height_px"]) == expected.size
    assert np.abs(seen.astype(int) - np.asarray(expected.convert("RGB")).astype(int)).mean() < 8


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=20))
def test_damaged_bytes_are_a_video_or_a_sentence(changes: list[tuple[float, int]]) -> None:
    damaged = bytearray(VIDEO)
    for place, value in changes:
        damaged[int(place * len(damaged))] = value
    try:
        found = looked_at(bytes(damaged))
    except MediaUnreadable:
        return
    assert kept_stills.unpack(found.features)


def test_the_name_of_a_look_at_a_video_fits_the_contract_so_that_what_was_kept_is_read_again() -> None:
    reading = Reading(name="video_looked_at", value=1, method=videos.VERSION)
    assert msgspec.json.decode(msgspec.json.encode(reading), type=Reading) == reading
