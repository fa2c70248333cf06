"""The evaluation's report: goals, conditions, cost and calibration in one record, and what is written for a look."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from streams.bench.evaluation import breakdown, goals, sheets
from streams.bench.evaluation.breakdown import Bin, Condition, Stage
from streams.bench.evaluation.goals import Row
from streams.bench.evaluation.run import Case
from streams.bench.evaluation.scoring import Outcome
from streams.bench.evaluation.subject import Subject

OUTCOMES = "outcomes.jsonl"
CURVE = "calibration.svg"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one evaluation says."""

    pairs: int
    errors: Sequence[str]
    goals: Sequence[Row]
    by_question: Sequence[Condition]
    by_damage: Sequence[Condition]
    by_way: Sequence[Condition]
    stages: Sequence[Stage]
    calibration: Sequence[Bin]


def report(outcomes: Sequence[Outcome]) -> Report:
    """Return what the outcomes say."""
    return Report(
        pairs=len(outcomes),
        errors=sorted({each.error for each in outcomes if each.error is not None}),
        goals=goals.table(outcomes),
        by_question=breakdown.by_question(outcomes),
        by_damage=breakdown.by_damage(outcomes),
        by_way=breakdown.by_way(outcomes),
        stages=breakdown.stages(outcomes),
        calibration=breakdown.calibration(outcomes),
    )


def write(folder: Path, subject: Subject, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Path]:
    """Write every outcome, one a line, the worst cases as pictures, and the calibration; return what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = folder / OUTCOMES
    lines.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in outcomes))
    written = [lines, *sheets.draw(folder, subject, cases, sheets.worst(outcomes))]
    bins = breakdown.calibration(outcomes)
    if bins and sheets.curve(folder / CURVE, bins):
        written.append(folder / CURVE)
    return written
