"""The words that say that AI made a picture, along its edges."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from streams.adapters.photos.provenance_files import label_models
from streams.bench.evaluation.pixels import encoded
from streams.bench.labels import drawing
from streams.bench.labels.drawing import by_lot
from streams.bench.labels.fonts import Font, Fonts, installed
from streams.errors import OperatorError
from streams.evidence.files.limits import Limits
from streams.evidence.looking.examination import NOTHING, Means, examine, version
from streams.evidence.provenance.label_words import words
from streams.evidence.provenance.text_reader import OnnxReader
from streams.evidence.provenance.visible import Box, Grey, Labels, label, text_like
from tests.photos import a_picture, jpeg

FONT = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"
WORDS = words()
LIMITS = Limits(30_000_000, 100_000_000)


def written(words: str, at: tuple[float, float] = (0.04, 0.9), size: float = 0.07, seed: int = 1) -> Image.Image:
    """A picture with words in it: ``at`` in shares of width and height, ``size`` of the shorter side."""
    picture = a_picture(seed)
    font = ImageFont.truetype(str(FONT), round(size * min(picture.size)))
    place = (at[0] * picture.width, at[1] * picture.height)
    ImageDraw.Draw(picture).text(place, words, font=font, fill="white", stroke_width=2, stroke_fill="black")
    return picture


def grey(picture: Image.Image) -> Grey:
    return np.asarray(picture.convert("L").resize((640, 480)))


def shards(seed: int) -> Grey:
    """A few triangles in a heap, as large as a label."""
    draw = np.random.default_rng(seed)
    picture = Image.new("L", (640, 480), 200)
    for tone in (20, 255, 0, 255, 90, 0):
        corners = draw.uniform(0, 1, (3, 2)) * (42, 26) + (40, 420)
        ImageDraw.Draw(picture).polygon([(x, y) for x, y in corners.tolist()], fill=tone)
    return np.asarray(picture)


class AReader:
    """Finds one line in the middle of every part, reads the given ones in turn, and keeps how wide each was."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.found = 0
        self.widths: list[int] = []

    def find(self, picture: Grey, side: int) -> Sequence[Box]:
        self.found += 1
        height, width = picture.shape
        low = round(0.06 * side)
        return [(width // 3, (height - low) // 2, width // 3 + 5 * low, (height + low) // 2)]

    def read(self, line: Grey) -> str:
        assert line.size > 0
        self.widths.append(line.shape[1])
        return self.lines.pop(0) if self.lines else ""


@pytest.fixture
def reader() -> OnnxReader:
    models = label_models()
    if models is None:
        pytest.skip("the extra 'labels' is not installed")
    return OnnxReader(*models)


@pytest.fixture
def chinese() -> Font:
    try:
        return installed().chinese[0]
    except OperatorError as exc:
        pytest.skip(str(exc))


@pytest.mark.parametrize("at", [(0.04, 0.9), (0.6, 0.9), (0.04, 0.03), (0.6, 0.03)])
def test_words_in_any_corner_look_like_text(at: tuple[float, float]) -> None:
    assert text_like(grey(written("AI-generated", at))) != []


def test_a_photo_without_words_is_not_read_at_all() -> None:
    reader = AReader("AI生成")
    assert (label(grey(Image.new("RGB", (640, 480), "white")), reader, WORDS), reader.found) == ("", 0)


def test_the_middle_of_a_picture_is_no_place_for_a_label() -> None:
    assert text_like(grey(written("AI-gen", (0.35, 0.45)))) == []


def test_shards_and_corners_hardly_ever_look_like_text() -> None:
    assert sum(text_like(shards(seed)) != [] for seed in range(300)) <= 3


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3), (20, 20)])
def test_pictures_of_any_size_are_looked_at(size: tuple[int, int]) -> None:
    stripes = np.tile(np.asarray([0, 255], np.uint8), (size[0], (size[1] + 1) // 2))[:, : size[1]]
    assert label(np.ascontiguousarray(stripes), AReader(), WORDS) == ""


def test_the_line_that_is_a_label_is_what_is_told() -> None:
    assert label(grey(written("AI-generated")), AReader("AI生成"), WORDS) == "AI生成"


def test_a_line_that_may_be_half_a_label_is_read_on_to_both_sides() -> None:
    reader = AReader("nerated", "AI-generated")
    assert label(grey(written("AI-generated")), reader, WORDS) == "AI-generated"
    assert reader.widths[1] > 1.5 * reader.widths[0]


def test_a_line_of_other_words_is_read_once() -> None:
    reader = AReader("SALE")
    assert (label(grey(written("SUMMER SALE")), reader, WORDS), len(reader.widths)) == ("", 1)


class Babble(AReader):
    """Finds lines all over a part, and half a label in each: the dearest picture there can be."""

    def find(self, picture: Grey, side: int) -> Sequence[Box]:
        low = round(0.05 * side)
        return [(0, top, picture.shape[1] // 2, top + low) for top in range(0, picture.shape[0] - low, 2 * low)]

    def read(self, line: Grey) -> str:
        super().read(line)
        return "生成"


def test_however_much_looks_like_text_little_is_read() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640), np.uint8)
    reader = Babble()
    label(noise, reader, WORDS)
    assert 0 < sum(reader.widths) <= 40 * 0.05 * 480


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("words", ["AI-generated", "AI Generated", "Made with AI"])
def test_a_label_that_was_saved_badly_is_read(words: str, seed: int, reader: OnnxReader) -> None:
    found = examine(jpeg(written(words, seed=seed), quality=70), LIMITS, means=Means(labels=Labels(reader, WORDS)))
    (finding,) = [finding for finding in found.provenance if finding.kind == "visible_label"]
    assert finding.state == "present"
    assert WORDS.in_line(finding.detail)
    assert {reading.name: reading.value for reading in found.readings}["declared_ai"] is True


@pytest.mark.parametrize("words", ["AI生成", "即梦AI", "本图片由人工智能生成"])
@pytest.mark.parametrize("opacity", [1.0, 0.7])
def test_a_chinese_label_is_read(words: str, opacity: float, reader: OnnxReader, chinese: Font) -> None:
    drawn = np.asarray(a_picture(1))
    wanted = replace(by_lot(np.random.default_rng(1), Fonts((chinese,), ()), "opaque"), words=words, opacity=opacity)
    found = examine(
        encoded(drawing.drawn(drawn, wanted), "JPEG", 75), LIMITS, means=Means(labels=Labels(reader, WORDS))
    )
    assert ("visible_label", "present") in {(finding.kind, finding.state) for finding in found.provenance}


def test_other_words_are_read_and_are_no_label(reader: OnnxReader) -> None:
    means = Means(labels=Labels(reader, WORDS))
    found = examine(jpeg(written("SUMMER SALE"), quality=70), LIMITS, means=means)
    assert ("visible_label", "absent") in {(finding.kind, finding.state) for finding in found.provenance}
    assert {reading.name: reading.value for reading in found.readings}["declared_ai"] is False


def test_where_nobody_looked_nothing_is_said_of_it() -> None:
    found = examine(jpeg(written("AI-generated")), LIMITS)
    assert "visible_label" not in {finding.kind for finding in found.provenance}
    assert {reading.name: reading.value for reading in found.readings}["declared_ai"] is False


def test_a_look_with_other_means_is_another_look() -> None:
    labels, more = Labels(AReader(), WORDS), Labels(AReader(), words("signatures: [清影AI]"))
    means = [NOTHING, Means("a"), Means("b"), Means(labels=labels), Means("a", labels), Means(labels=more)]
    assert len({version(one) for one in means}) == len(means)
