"""`inspect` takes videos and animated pictures, as claims and as references, by what the files are."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.command_line import run
from tests.photos import a_picture, jpeg, stained
from tests.unit.evidence.provenance.files import a_label
from tests.unit.evidence.provenance.video_files import keyed, with_movie_box
from tests.videos import a_video, animated

LISTING, OWN, OTHER = (a_picture(seed, 640, 480) for seed in (1, 2, 3))


@pytest.fixture(name="folder")
def files(tmp_path: Path) -> Path:
    (tmp_path / "listed.jpg").write_bytes(jpeg(LISTING, 92))
    (tmp_path / "packing.mp4").write_bytes(a_video([OTHER, LISTING]))
    (tmp_path / "honest.mp4").write_bytes(a_video([OWN, OTHER]))
    (tmp_path / "forged.mkv").write_bytes(a_video([OWN, stained(LISTING, 0.03)], suffix=".mkv"))
    (tmp_path / "forged.jpg").write_bytes(jpeg(stained(LISTING, 0.03), 80))
    (tmp_path / "named-as-a-photo.jpg").write_bytes(a_video([stained(LISTING, 0.03)]))
    (tmp_path / "forged.webp").write_bytes(animated([OWN, stained(LISTING, 0.03)], "WEBP"))
    (tmp_path / "labelled.mp4").write_bytes(with_movie_box(a_video([OWN]), keyed({"AIGC": a_label()})))
    (tmp_path / "cut.mp4").write_bytes(a_video([OWN])[:-200])
    return tmp_path


def many(folder: Path, *lines: tuple[str, str], more: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    given = folder / "pairs.jsonl"
    pairs = [{"id": f"{at}", "claim": claim, "references": [reference]} for at, (claim, reference) in enumerate(lines)]
    given.write_text("\n".join(map(json.dumps, pairs)))
    assert run("inspect", "--pairs", str(given), "--out", str(folder / "out.jsonl"), *more).status == 0
    return [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


def test_a_forged_moment_of_a_video_is_found_and_its_second_is_told(folder: Path) -> None:
    claims = ("forged.mkv", "named-as-a-photo.jpg", "forged.webp", "honest.mp4")
    forged, named, moving, honest = many(folder, *((claim, "listed.jpg") for claim in claims))
    for found in (forged, named, moving):
        assert (found["derived"], found["altered"], found["verdict"]) == (True, True, "REVIEW")
        assert "DERIVED_AND_ALTERED" in found["reasons"]
        assert found["regions"]
    assert forged["readings"]["claim_second"] >= 2
    assert moving["readings"]["claim_second"] == 1.0
    assert (honest["derived"], honest["verdict"], honest["reasons"], honest["error"]) == (False, "CLEAR", [], None)


def test_a_photo_beside_a_packing_video_is_found_with_the_moment_that_it_was_made_from(folder: Path) -> None:
    (found,) = many(folder, ("forged.jpg", "packing.mp4"))
    assert (found["derived"], found["altered"]) == (True, True)
    assert found["readings"]["reference_second"] >= 2


def test_a_mask_has_the_size_of_a_whole_frame(folder: Path) -> None:
    many(folder, ("forged.mkv", "listed.jpg"), ("honest.mp4", "listed.jpg"), more=("--masks", str(folder / "masks")))
    forged, honest = (np.asarray(Image.open(folder / "masks" / f"{name}.png")) for name in ("0", "1"))
    assert forged.shape == honest.shape == (480, 640)
    assert forged.any()
    assert not honest.any()


def test_a_video_alone_says_what_its_file_says(folder: Path) -> None:
    labelled = run("inspect", "--claim", str(folder / "labelled.mp4"), "--json")
    said = json.loads(labelled.text)
    assert (said["verdict"], said["reasons"]) == ("REVIEW", ["AI_LABEL", "NO_REFERENCE"])
    assert said["readings"]["video_stills"] == 1
    assert ("gb45438", "present") in {(one["kind"], one["state"]) for one in said["provenance"]}


def test_a_video_that_is_cut_off_is_an_error_of_its_own_line(folder: Path) -> None:
    cut, whole = many(folder, ("cut.mp4", "listed.jpg"), ("honest.mp4", "listed.jpg"))
    assert "the video is damaged or incomplete" in cut["error"]
    assert (cut["verdict"], whole["verdict"]) == ("REVIEW", "CLEAR")


def test_the_same_video_again_is_the_same_file(folder: Path) -> None:
    (found,) = many(folder, ("packing.mp4", "packing.mp4"))
    assert found["readings"]["same_bytes"] is True
    assert "RESENT_REFERENCE" in found["reasons"]


def test_a_page_shows_the_still(folder: Path) -> None:
    page = folder / "page.html"
    given = ("--claim", str(folder / "forged.mkv"), "--reference", str(folder / "listed.jpg"), "--html", str(page))
    assert run("inspect", *given).status == 0
    assert "data:image/jpeg;base64," in page.read_text()
