from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from streams.bench.evaluation.photo_set import LONGEST, Photo, half, open_photo_set
from streams.bench.evaluation.pixels import encoded
from streams.errors import OperatorError
from tests.unit.bench.evaluation.photo_sets import photo, photo_set


def test_without_labels_every_file_is_its_own_product(tmp_path: Path) -> None:
    assert photo_set(tmp_path, 2).photos == (Photo("0.jpg", "0.jpg"), Photo("1.jpg", "1.jpg"))


def test_labels_say_which_photos_belong_together(tmp_path: Path) -> None:
    found = photo_set(tmp_path, 3, "file\tproduct\tvariant\n0.jpg\tshirt\tred\n1.jpg\tshirt\tblue\n").photos

    assert found == (Photo("0.jpg", "shirt", "red"), Photo("1.jpg", "shirt", "blue"), Photo("2.jpg", "2.jpg"))


def test_photos_are_found_in_any_depth_and_other_files_are_not(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "notes.txt").write_text("no photo")
    for name, form in (("a.PNG", "PNG"), ("deep/b.webp", "WEBP"), ("deep/er/c.jpeg", "JPEG")):
        (tmp_path / name).write_bytes(encoded(photo(), form))

    assert [each.name for each in open_photo_set(tmp_path).photos] == ["a.PNG", "deep/b.webp", "deep/er/c.jpeg"]


def test_each_photo_is_in_one_half_by_its_name_wherever_it_lies(tmp_path: Path) -> None:
    photo_set(tmp_path, 12)
    dev, held_out, everything = (
        {each.name for each in open_photo_set(tmp_path, part).photos} for part in ("dev", "held-out", "all")
    )

    assert dev | held_out == everything
    assert not dev & held_out
    assert half("a/b/0.jpg") == half("0.jpg")


def test_a_very_large_photo_is_reduced_reference_and_all(tmp_path: Path) -> None:
    Image.fromarray(np.full((100, LONGEST * 2, 3), 90, np.uint8)).save(tmp_path / "wide.png")
    found = photo_set(tmp_path)
    wide = next(each for each in found.photos if each.name == "wide.png")

    assert found.pixels(wide).shape == (50, LONGEST, 3)
    assert found.file(wide)[:2] == b"\xff\xd8"


def test_a_smaller_photo_is_the_merchants_own_file(tmp_path: Path) -> None:
    found = photo_set(tmp_path)

    assert found.file(found.photos[0]) == (tmp_path / "0.jpg").read_bytes()


def test_a_folder_without_photos_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="give one with several products"):
        open_photo_set(tmp_path)


def test_labels_without_their_columns_say_which_they_need(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="needs the columns file, product, variant"):
        photo_set(tmp_path, 2, "name\twhat\n0.jpg\tshirt\n")


def test_labels_that_were_asked_for_must_be_there(tmp_path: Path) -> None:
    photo_set(tmp_path)

    with pytest.raises(OperatorError, match="cannot be read"):
        open_photo_set(tmp_path, "all", tmp_path / "nowhere.tsv")
