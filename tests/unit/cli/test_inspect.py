"""`inspect`, as people and programs use it: one claim, or many, beside references."""

import io
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from streams.cli.inspect.inspecting import Pair, Wanted
from streams.cli.inspect.lines import Line, findings
from streams.evidence.files.limits import Limits
from tests.command_line import run
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import overlap, with_a_stain

FIELDS = [
    "id",
    "derived",
    "best_reference",
    "altered",
    "altered_fraction",
    "regions",
    "readings",
    "provenance",
    "verdict",
    "error",
    "reasons",
]
FORGED, TRUTH = with_a_stain(a_picture(1))


@pytest.fixture(name="folder")
def photos(tmp_path: Path) -> Path:
    (tmp_path / "listed.jpg").write_bytes(jpeg(a_picture(1), 92))
    (tmp_path / "other.jpg").write_bytes(jpeg(a_picture(2), 92))
    (tmp_path / "forged.jpg").write_bytes(jpeg(FORGED, 80))
    (tmp_path / "resent.jpg").write_bytes(jpeg(a_picture(1), 60))
    (tmp_path / "honest.jpg").write_bytes(jpeg(a_picture(7), 80))
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    return tmp_path


def one(folder: Path, claim: str, *references: str, more: tuple[str, ...] = ()) -> Any:
    named = [part for each in references for part in ("--reference", str(folder / each))]
    return run("inspect", "--claim", str(folder / claim), *named, *more)


def many(folder: Path, *lines: object, more: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    given = folder / "pairs.jsonl"
    given.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    ran = run("inspect", "--pairs", str(given), "--out", str(folder / "out.jsonl"), *more)
    assert ran.status == 0
    return [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


def a_line(name: str, claim: str, *references: str) -> Mapping[str, object]:
    return {"id": name, "claim": claim, "references": references}


def test_a_forged_photo_as_json_has_every_field_and_names_its_source(folder: Path) -> None:
    ran = one(folder, "forged.jpg", "other.jpg", "listed.jpg", more=("--json",))
    (found,) = ran.records
    assert ran.status == 0
    assert list(found) == FIELDS
    assert (found["derived"], found["best_reference"], found["altered"], found["error"]) == (True, 1, True, None)
    assert found["altered_fraction"] == found["readings"]["altered_fraction"]
    ((x, y, width, height),) = found["regions"]
    rows, columns = np.nonzero(TRUTH)
    assert abs(x + width / 2 - columns.mean()) < 12
    assert abs(y + height / 2 - rows.mean()) < 12


def test_people_read_the_finding_in_both_languages(folder: Path) -> None:
    text = one(folder, "forged.jpg", "listed.jpg").text
    assert "由参考图制作而来，并被改动" in text
    assert "made from the reference, and altered" in text
    assert "DERIVED_AND_ALTERED" in text


def test_what_the_file_says_of_its_origin_is_told_in_words(folder: Path) -> None:
    said = re.sub(r"\s+", " ", one(folder, "honest.jpg", "listed.jpg").text)
    assert "no manifest; that proves nothing" in said
    assert "C2PA manifest" in said
    assert "iptc_digital_source_type" not in said


def test_an_honest_photo_is_not_derived(folder: Path) -> None:
    (found,) = one(folder, "honest.jpg", "listed.jpg", more=("--json",)).records
    assert (found["derived"], found["best_reference"], found["altered"], found["regions"]) == (False, None, None, [])


def test_a_re_sent_photo_is_derived_and_not_altered(folder: Path) -> None:
    (found,) = one(folder, "resent.jpg", "listed.jpg", more=("--json",)).records
    assert (found["derived"], found["altered"], found["altered_fraction"], found["regions"]) == (True, False, 0.0, [])


def test_a_claim_that_cannot_be_read_fails_and_says_so(folder: Path) -> None:
    ran = one(folder, "broken.jpg", "listed.jpg")
    assert ran.status == 1
    assert "no picture that can be read" in ran.error


def test_what_is_no_file_fails_at_once_and_says_so(folder: Path) -> None:
    os.mkfifo(folder / "pipe.jpg")
    found = many(
        folder, a_line("pipe", str(folder / "pipe.jpg")), a_line("device", "/dev/zero"), a_line("name", "a\0b.jpg")
    )
    assert [line["verdict"] for line in found] == ["REVIEW"] * 3
    says = ("the photo's address is not a file", "the photo's address is not a file", "no file can have this name")
    assert [line["error"].endswith(why) for line, why in zip(found, says, strict=True)] == [True] * 3


def test_a_file_beyond_the_limit_is_not_read(folder: Path) -> None:
    (folder / "large.jpg").write_bytes(jpeg(a_picture(1)) + bytes(50_000))
    ((_, finding),) = findings([Line(Pair("p", str(folder / "large.jpg"), []), "p")], Wanted(Limits(40_000, 10**8)))
    assert "at most 40,000 are looked at" in str(finding.error)


def test_a_look_that_takes_too_long_is_ended_and_says_so(folder: Path) -> None:
    Image.new("RGB", (6_000, 6_000)).save(folder / "large.png")
    hurried = Wanted(Limits(30_000_000, 100_000_000), limit_s=0.01)
    ((_, finding),) = findings([Line(Pair("p", str(folder / "large.png"), []), "p")], hurried)
    assert (finding.verdict, finding.error) == ("REVIEW", "looking at the photos took longer than 0.02 s")


def test_a_photo_that_would_take_a_decoder_minutes_is_refused_at_once(folder: Path) -> None:
    photo = jpeg(Image.new("L", (1_200, 900)), progressive=True)
    scan = photo[photo.rfind(b"\xff\xda") : -2]
    (folder / "scans.jpg").write_bytes(photo[:-2] + scan * 3_000 + photo[-2:])
    ran = one(folder, "scans.jpg", "listed.jpg")
    assert ran.status == 1
    assert "passes over its pixels more than 100 times" in ran.error


def test_a_reference_that_cannot_be_read_is_told_and_the_others_are_compared(folder: Path) -> None:
    ran = one(folder, "forged.jpg", "broken.jpg", "listed.jpg", more=("--json",))
    (found,) = ran.records
    assert ran.status == 0
    assert (found["derived"], found["best_reference"]) == (True, 1)
    assert "broken.jpg" in found["error"]


def test_a_claim_without_a_reference_is_looked_at_alone(folder: Path) -> None:
    (found,) = one(folder, "honest.jpg", more=("--json",)).records
    assert (found["verdict"], found["reasons"]) == ("REVIEW", ["NO_REFERENCE"])
    assert found["readings"]["width_px"] == 800
    assert "no reference to compare it with" in one(folder, "honest.jpg").text


def test_the_packaged_policy_says_what_becomes_of_the_claim_and_why(folder: Path) -> None:
    found = many(
        folder,
        a_line("forged", "forged.jpg", "other.jpg", "listed.jpg"),
        a_line("honest", "honest.jpg", "listed.jpg"),
        a_line("resent", "resent.jpg", "listed.jpg"),
        a_line("unread", "broken.jpg", "listed.jpg"),
        a_line("half", "honest.jpg", "listed.jpg", "broken.jpg"),
        "{no json",
    )
    assert [(line["verdict"], line["reasons"]) for line in found] == [
        ("REVIEW", ["DERIVED_AND_ALTERED"]),
        ("CLEAR", []),
        ("REVIEW", ["RESENT_REFERENCE"]),
        ("REVIEW", ["NOT_LOOKED"]),
        ("REVIEW", ["NOT_LOOKED"]),
        ("REVIEW", ["NOT_LOOKED"]),
    ]


@pytest.mark.parametrize("arguments", [[], ["--claim", "a.jpg", "--pairs", __file__], ["--pairs", __file__]])
def test_what_is_missing_is_a_fault_of_usage(arguments: list[str]) -> None:
    assert run("inspect", *arguments).status == 2


def test_many_are_found_in_their_order_each_with_every_field(folder: Path) -> None:
    found = many(
        folder,
        a_line("a", "forged.jpg", "other.jpg", "listed.jpg"),
        a_line("b", "honest.jpg", "listed.jpg"),
        a_line("c", "resent.jpg", "listed.jpg"),
    )
    assert [list(line) for line in found] == [FIELDS] * 3
    assert [line["id"] for line in found] == ["a", "b", "c"]
    assert [(line["derived"], line["best_reference"], line["altered"]) for line in found] == [
        (True, 1, True),
        (False, None, None),
        (True, 0, False),
    ]


def test_a_line_that_is_wrong_has_an_error_and_the_others_are_written(folder: Path) -> None:
    found = many(
        folder,
        "{no json",
        '{"id": "half"}',
        a_line("gone", "gone.jpg", "listed.jpg"),
        a_line("broken", "broken.jpg", "listed.jpg"),
        a_line("alone", "honest.jpg"),
        a_line("good", "resent.jpg", "listed.jpg"),
    )
    assert [line["id"] for line in found] == [None, "half", "gone", "broken", "alone", "good"]
    assert [line["error"] is not None for line in found] == [True, True, True, True, False, False]
    assert [line["derived"] for line in found] == [False] * 5 + [True]


def mask(folder: Path, name: str) -> Any:
    with Image.open(io.BytesIO((folder / "masks" / f"{name}.png").read_bytes())) as image:
        return np.asarray(image)


def test_masks_have_the_claims_size_after_orientation_and_are_zero_where_nothing_is_localised(folder: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (folder / "turned.jpg").write_bytes(jpeg(FORGED.transpose(Image.Transpose.ROTATE_90), exif=exif))
    (folder / "large.jpg").write_bytes(jpeg(FORGED.resize((2_000, 1_500)), 85))
    found = many(
        folder,
        a_line("turned", "turned.jpg", "listed.jpg"),
        a_line("large", "large.jpg", "listed.jpg"),
        a_line("honest", "honest.jpg", "listed.jpg"),
        a_line("resent", "resent.jpg", "listed.jpg"),
        more=("--masks", str(folder / "masks")),
    )
    assert [line["error"] for line in found] == [None] * 4
    assert set(np.unique(mask(folder, "turned"))) == {0, 255}
    assert overlap(mask(folder, "turned") > 0, TRUTH) > 0.75
    assert mask(folder, "large").shape == (1_500, 2_000)
    for name in ("honest", "resent"):
        assert (mask(folder, name).shape, mask(folder, name).max()) == ((600, 800), 0)


def test_an_id_that_leads_out_of_the_folder_of_masks_writes_nothing(folder: Path) -> None:
    (found,) = many(folder, a_line("../out", "resent.jpg", "listed.jpg"), more=("--masks", str(folder / "masks")))
    assert "names no file" in found["error"]
    assert found["derived"]
    assert not (folder / "out.png").exists()


def test_the_page_holds_everything_itself_and_shows_what_was_found(folder: Path) -> None:
    page = folder / "finding.html"
    one(folder, "forged.jpg", "listed.jpg", more=("--html", str(page)))
    text = page.read_text(encoding="utf-8")
    assert "data:image/jpeg;base64," in text
    assert "由参考图制作而来，并被改动" in text
    assert "made from the reference, and altered" in text
    assert "http" not in text
    assert "<script" not in text


def test_names_of_files_cannot_steer_the_page(folder: Path) -> None:
    name = "<img onerror=x>.jpg"
    (folder / name).write_bytes((folder / "forged.jpg").read_bytes())
    page = folder / "finding.html"
    one(folder, name, "listed.jpg", more=("--html", str(page)))
    assert "<img onerror" not in page.read_text(encoding="utf-8")
