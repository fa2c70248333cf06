"""The whole way, with subjects that are perfect, blind, or broken."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest

from streams.bench.evaluation import run
from streams.bench.evaluation.goals import Row
from streams.bench.evaluation.pairs import PairMaker
from streams.bench.evaluation.pixels import encoded, opened
from streams.bench.evaluation.plan import Counts, recipes
from streams.bench.evaluation.report import Report, report, write
from streams.bench.evaluation.run import Case, Given
from streams.bench.evaluation.subject import Inspection, Product, Subject
from streams.errors import OperatorError
from tests.unit.bench.evaluation.photo_sets import photo, photo_set

COUNTS = Counts(
    altered=9,
    unedited=4,
    regenerated=2,
    unrelated=6,
    same_product=2,
    other_variant=2,
    shared_pixels=3,
    warped=2,
    on_a_screen=1,
    disguised=2,
    printed_goods=2,
    forged_collages=2,
    honest_collages=2,
)
NONE = Counts(**dict.fromkeys(Counts.__slots__, 0))
LABELS = "file\tproduct\tvariant\n0.jpg\tcup\tred\n1.jpg\tcup\tred\n2.jpg\tcup\tblue\n"


@pytest.fixture(name="cases", scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """Every case; each pair is made once, as no test changes it."""
    cases = run.cases(photo_set(tmp_path_factory.mktemp("photos"), 6, LABELS), COUNTS, seed=1)
    return [Case(case.truth, cache(case.make)) for case in cases]


class Knowing:
    """A subject that was told the truth of every pair beforehand."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._truths = {(pair.claim, *pair.references): pair for pair in (case.make() for case in cases)}

    def inspect(self, claim: bytes, references: Sequence[bytes]) -> Inspection:
        pair = self._truths[claim, *references]
        return Inspection(
            derived=pair.source is not None,
            best_reference=pair.source,
            altered=pair.mask is not None and bool(pair.mask.any()),
            mask=pair.mask,
            score=float(pair.source is not None),
            reasons=[] if pair.source is None else ["DERIVED_AND_ALTERED"],
            seconds={"decode": 0.01, "difference": 0.05},
        )


class Alarmist:
    """A subject that calls every claim derived from the first reference, and all of it altered."""

    def inspect(self, claim: bytes, _references: Sequence[bytes]) -> Inspection:
        everything = np.ones(opened(claim).shape[:2], np.bool_)
        return Inspection(derived=True, best_reference=0, altered=True, mask=everything)


class Broken:
    def inspect(self, _claim: bytes, _references: Sequence[bytes]) -> Inspection:
        msg = "out of order"
        raise RuntimeError(msg)


def told(subject: Subject, cases: Sequence[Case]) -> Report:
    return report(list(run.evaluate(subject, cases)))


def rows(found: Report) -> dict[str, Row]:
    return {row.what: row for row in found.goals}


def test_who_knows_the_truth_meets_every_goal_that_was_measured(cases: list[Case]) -> None:
    found = rows(told(Knowing(cases), cases))

    assert {what for what, row in found.items() if row.met is False} == set()
    assert {what for what, row in found.items() if row.met is None} == {
        "derived found: given pairs (real edits)",
        "derived found: real edits that keep pixels",
        "risky and cleared: real edits that keep pixels",
        "honest and accused: real photos of printed goods",
        "honest and likened: real photos of printed goods",
        "risky and cleared: photographed from a screen",
        "mask: given pairs after crop 4 %, JPEG 75",
    }
    assert found["mask: patch, stain"].figure == 1
    assert found["risky and cleared: photographed from a screen"].figure == 0


def test_who_cries_wolf_finds_all_that_is_derived_and_fails_the_rest(cases: list[Case]) -> None:
    found = rows(told(Alarmist(), cases))

    assert found["derived found: every damage, every laundering"].figure == 1
    assert found["flagged: unrelated claims, 3 references each"].figure == 1
    assert found["unedited: false region over 0.5 % of the area"].figure == 1
    assert found["mask: crack, strict"].met is False


def test_a_subject_that_fails_is_counted_and_told(cases: list[Case]) -> None:
    found = told(Broken(), cases)

    assert found.errors == ["RuntimeError: out of order"]
    assert rows(found)["errors on good files"].figure == len(cases)
    assert rows(found)["derived found: every damage, every laundering"].figure == 0


def test_the_product_finds_forgeries_and_where_they_are(cases: list[Case]) -> None:
    found = told(Product(), [case for case in cases if case.truth.question in {"altered", "unrelated"}])
    (altered, unrelated) = found.by_question

    assert altered.found is not None
    assert altered.found > 0.5
    assert unrelated.found == 0
    assert altered.iou is not None
    assert altered.iou > 0.3
    looked = ["decode", "visible_label", "provenance", "hash", "features", "clarity"]
    stages = [*looked, "compare", "develop", "alignment", "difference", "copied", "regions"]
    assert [stage.name for stage in found.stages] == stages


def test_the_same_seed_makes_the_same_files_and_another_seed_others(tmp_path: Path) -> None:
    photos = photo_set(tmp_path)
    one_of_a_kind = {recipe.question: recipe for recipe in recipes(photos.photos, COUNTS, 1)}.values()
    first, again, other = (
        [PairMaker(photos, seed).make(recipe).claim for recipe in one_of_a_kind] for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other


def test_progress_is_told_up_to_the_last_pair(cases: list[Case]) -> None:
    heard: list[int] = []
    list(run.evaluate(Broken(), cases, heard.append))

    assert heard == list(range(1, len(cases) + 1))


def test_the_worst_cases_are_written_as_pictures_beside_every_outcome(cases: list[Case], tmp_path: Path) -> None:
    subject = Alarmist()
    outcomes = list(run.evaluate(subject, cases))
    written = {path.name for path in write(tmp_path / "out", subject, cases, outcomes)}

    assert {"outcomes.jsonl", "false-regions.png", "flagged-unrelated.png", "mask-stain.png"} <= written
    assert len((tmp_path / "out" / "outcomes.jsonl").read_bytes().splitlines()) == len(cases)
    assert opened((tmp_path / "out" / "mask-stain.png").read_bytes()).shape[1] == 4 * 300


def test_given_pairs_are_asked_as_they_are_and_cut_where_their_mask_is_known(cases: list[Case], tmp_path: Path) -> None:
    forged = next(case for case in cases if case.truth.damage == "stain").make()
    mask = forged.mask
    assert mask is not None
    (tmp_path / "claim.jpg").write_bytes(forged.claim)
    (tmp_path / "reference.jpg").write_bytes(forged.references[0])
    white = np.repeat(mask[..., None], 3, axis=2).astype(np.uint8) * 255
    (tmp_path / "mask.png").write_bytes(encoded(white, "PNG"))
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_bytes(
        msgspec.json.encode({"id": "a", "claim": "claim.jpg", "references": ["reference.jpg"], "mask": "mask.png"})
        + b"\n"
        + msgspec.json.encode({"id": "b", "claim": "claim.jpg", "references": ["reference.jpg"]})
    )
    given = run.cases(photo_set(tmp_path), NONE, 1, Given(pairs))
    outcomes = list(run.evaluate(Alarmist(), given))

    assert [(each.photo, each.question) for each in outcomes] == [("a", "given"), ("a", "given, sent"), ("b", "given")]
    assert [each.iou is None for each in outcomes] == [False, False, True]


@pytest.mark.parametrize(
    "table", ["claim\treference\nclaim.jpg\treference.jpg\n", "name\tpixels_kept\npair\tyes\npair\tno\n"]
)
def test_folders_of_real_edits_and_of_honest_photos_are_questions_of_their_own(table: str, tmp_path: Path) -> None:
    for name in ("claim.jpg", "reference.jpg", "pair.claim.webp", "pair.reference.png"):
        (tmp_path / name).write_bytes(encoded(photo(3), "JPEG"))
    (tmp_path / "pairs.tsv").write_text(table)
    given = run.cases(photo_set(tmp_path / "photos"), NONE, 1, Given(edited=[tmp_path], honest=[tmp_path]))
    asked = [each.question for each in run.evaluate(Alarmist(), given)]

    if "pair" in table.split("\n")[1]:
        assert asked == ["edited", "edited, drawn anew", "honest", "honest"]
    else:
        assert asked == ["edited", "honest"]


def test_of_one_reference_with_a_real_and_a_fake_claim_the_fake_is_the_edit_and_the_real_one_honest(
    tmp_path: Path,
) -> None:
    for at, name in enumerate(("sound.jpg", "real.jpg", "fake.jpg")):
        (tmp_path / name).write_bytes(encoded(photo(at), "JPEG"))
    (tmp_path / "pairs.tsv").write_text("reference\treal\tfake\nsound.jpg\treal.jpg\tfake.jpg\n")
    fake, real = run.cases(photo_set(tmp_path / "photos"), NONE, 1, Given(edited=[tmp_path], honest=[tmp_path]))
    assert [fake.truth.question, real.truth.question] == ["edited", "honest"]
    assert fake.make().claim == (tmp_path / "fake.jpg").read_bytes()
    assert real.make().claim == (tmp_path / "real.jpg").read_bytes()
    assert fake.make().references == real.make().references == [(tmp_path / "sound.jpg").read_bytes()]


def test_a_list_that_names_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pairs.tsv").write_text("name\ngone\n")
    with pytest.raises(OperatorError, match="gone"):
        run.cases(photo_set(tmp_path / "photos"), NONE, 1, Given(honest=[tmp_path]))


class Judging:
    """A subject that has a reason for every claim."""

    def __init__(self, *reasons: str) -> None:
        self._reasons = reasons

    def inspect(self, _claim: bytes, _references: Sequence[bytes]) -> Inspection:
        return Inspection(derived=False, best_reference=None, reasons=self._reasons)


@pytest.mark.parametrize(
    ("reasons", "cleared", "accused", "likened"),
    [
        ((), 1, 0, 0),
        (("LIKE_REFERENCE",), 0, 0, 1),
        (("DERIVED_AND_ALTERED", "LIKE_REFERENCE"), 0, 1, 0),
        (("EVIDENCE_UNCLEAR",), 0, 0, 0),
    ],
)
def test_risky_claims_that_are_cleared_and_honest_ones_that_are_accused_are_counted(
    cases: list[Case], reasons: tuple[str, ...], cleared: int, accused: int, likened: int
) -> None:
    found = rows(told(Judging(*reasons), cases))

    assert found["risky and cleared: painted, pasted, removed"].figure == cleared
    assert found["honest and accused: photos of printed goods"].figure == accused
    assert found["honest and likened: photos of printed goods"].figure == likened
