"""One module writes cases: nothing else has a statement that does, but for benchmarks, which fill empty tables."""

import re
from pathlib import Path

import streams

ROOT = Path(streams.__file__).parent
WRITES = re.compile(
    r"\b(?:insert|update|delete|insert_or_leave|insert_on_conflict)\((?:\w+, )?cases\)|"
    r"\bcases\.(?:insert|update|delete)\(|Bulk(?:Insert|Update)\(\w+(?:\.\w+)?, cases\b|"
    r"\b(?:INSERT INTO|UPDATE|DELETE FROM) cases\b"
)


def test_cases_are_written_by_one_module_alone() -> None:
    writers = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if WRITES.search(path.read_text(encoding="utf-8")) and not {"migrations", "bench"} & set(path.parts)
    }
    assert writers == {"adapters/sql/cases/apply.py"}
