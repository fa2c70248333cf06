"""Labels drawn by lot: where they stand, how they repeat, and how what was found is counted."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from streams.bench.evaluation.photo_set import open_photo_set
from streams.bench.labels import drawing, fonts, measure
from streams.bench.labels.drawing import Drawing
from streams.bench.labels.fonts import Fonts
from streams.bench.labels.measure import KINDS, Outcome
from streams.errors import OperatorError
from tests.photos import a_picture

LATIN = Fonts(((str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), 0),), ())
"""It draws boxes for Chinese letters, which is enough to see where they stand."""


def a_label(kind: Drawing, seed: int) -> drawing.Label:
    return drawing.by_lot(np.random.default_rng(seed), LATIN, kind)


@pytest.mark.parametrize("kind", ["opaque", "translucent", "faint"])
@pytest.mark.parametrize("seed", range(8))
def test_a_label_changes_the_corner_that_it_stands_in_and_nothing_else(kind: Drawing, seed: int) -> None:
    photo = np.asarray(a_picture(seed))
    label = a_label(kind, seed)
    changed = np.argwhere((drawing.drawn(photo, label) != photo).any(axis=2))
    height, width = photo.shape[:2]
    top, bottom = changed[:, 0].min(), changed[:, 0].max()
    assert top < 0.2 * height or "bottom" in label.place
    assert bottom > 0.8 * height or "top" in label.place
    assert bottom - top < 0.2 * min(height, width)


@pytest.mark.parametrize("seed", range(20))
def test_a_label_is_as_large_as_the_standard_asks_for(seed: int) -> None:
    assert a_label("opaque", seed).size >= 0.05


def a_folder(folder: Path, count: int) -> Path:
    for number in range(count):
        a_picture(number).save(folder / f"{number}.jpg")
    return folder


def test_the_same_seed_draws_the_same_and_another_does_not(tmp_path: Path) -> None:
    photo_set = open_photo_set(a_folder(tmp_path, 2))
    one, again, other = (measure.made(photo_set, photo_set.photos[0], LATIN, seed, "opaque")[0] for seed in (1, 1, 2))
    assert one == again != other


def test_each_photo_is_looked_at_with_each_drawing_and_as_it_is(tmp_path: Path) -> None:
    photo_set = open_photo_set(a_folder(tmp_path, 2))
    found = list(measure.outcomes(photo_set, photo_set.photos, LATIN, 1, lambda _file: ("", 0.001)))
    assert [outcome.drawn for outcome in found] == [*KINDS, *KINDS]
    assert found[-1].words == ""


def an_outcome(drawn: measure.Kind, said: str = "", cpu_s: float = 0.001) -> Outcome:
    return Outcome(photo="a.jpg", drawn=drawn, words="", font="", said=said, cpu_s=cpu_s)


def test_shares_are_told_beside_their_goals() -> None:
    found = [an_outcome("opaque", "AI生成")] * 9 + [an_outcome("opaque")] + [an_outcome("nothing", cpu_s=0.02)]
    figures = {figure.measure: figure for figure in measure.figures(found)}
    opaque, cost = figures["label found, opaque drawn"], figures["CPU of looking, nothing drawn"]
    assert (opaque.value, opaque.met) == (0.9, True)
    assert (cost.value, cost.met) == (20.0, False)


def test_one_photo_without_a_label_that_is_taken_for_labelled_misses_the_goal() -> None:
    found = [an_outcome("nothing", "AI生成"), *[an_outcome("nothing")] * 999]
    (share,) = [figure for figure in measure.figures(found) if figure.measure == "label found, nothing drawn"]
    assert share.met is False


def test_what_is_right_depends_on_what_was_drawn() -> None:
    said = [
        an_outcome("faint", "AI生成"),
        an_outcome("faint"),
        an_outcome("other words", "AI生成"),
        an_outcome("nothing"),
    ]
    assert [outcome.right for outcome in said] == [True, False, False, True]


def test_a_machine_without_chinese_fonts_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OperatorError, match="fonts-noto-cjk"):
        fonts.installed()
