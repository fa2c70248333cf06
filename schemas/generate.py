"""``python -m schemas.generate``: writes the contract documents, and checks that they are fresh and break nobody.

Without arguments it writes ``generated/`` anew, and the blocks of the integrator's page. ``--check`` writes nothing
and exits 1 when a file is stale, or when a record differs from ``baseline/`` (as last released) in a way that would
break an existing reader or writer. ``--release`` also takes the present records as the new baseline.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from schemas import asyncapi, page
from schemas.compatibility import breaking
from schemas.json_schema import kebab, schema_of
from schemas.topics import TOPICS

ROOT = Path(__file__).parents[1]
GENERATED = Path("schemas/generated")
BASELINE = Path("schemas/baseline")
OURS = frozenset({"enrich", "decide", "relay", "dlq"})


def documents(root: Path) -> dict[Path, str]:
    """Return the text of every generated file by its path below ``root``."""
    return {
        **{GENERATED / "json" / name: text for name, text in _json_schemas().items()},
        GENERATED / "asyncapi.json": _text(asyncapi.document()),
        page.PATH: page.with_blocks((root / page.PATH).read_text(encoding="utf-8")),
    }


def stale(root: Path) -> list[str]:
    """Return one line for each generated file that is not as the records have it."""
    wanted = documents(root)
    surplus = [path.relative_to(root) for path in (root / GENERATED).rglob("*.json")]
    return [
        f"{path} is stale: run `make generate`, and commit what it writes"
        for path in sorted({*wanted, *surplus})
        if path not in wanted or not (root / path).is_file() or (root / path).read_bytes() != wanted[path].encode()
    ]


def broken(root: Path) -> list[str]:
    """Return one line for each change since the baseline that would break an existing reader or writer."""
    advice = (
        "make it a new topic with a v2 record, or, where nobody depends on it, `python -m schemas.generate --release`"
    )
    by_name = {f"{kebab(topic.record)}.json": topic for topic in TOPICS}
    lines = []
    for path in sorted((root / BASELINE).glob("*.json")):
        old, topic = json.loads(path.read_text(encoding="utf-8")), by_name.get(path.name)
        if topic is None:
            lines.append(f"{old['title']}: the record was removed: {advice}")
            continue
        ours = bool(OURS & set(topic.written_by))
        found = breaking(topic.record.__name__, old, schema_of(topic), we_write=ours)
        lines += [f"{line}: {advice}" for line in found]
    return lines


def write(root: Path) -> None:
    """Write every generated file, and remove those that no record asks for any more."""
    _replace(root, GENERATED, documents(root))


def release(root: Path) -> None:
    """Take the present records as the baseline that later changes are checked against."""
    _replace(root, BASELINE, {BASELINE / name: text for name, text in _json_schemas().items()})


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Return the exit status of the command: 0, or 1 when the check found something."""
    parser = argparse.ArgumentParser(prog="python -m schemas.generate", description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="write nothing; exit 1 on stale files or breaking changes")
    mode.add_argument("--release", action="store_true", help="write, and take the present records as the baseline")
    asked = parser.parse_args(arguments)
    if asked.check:
        found = stale(root) + broken(root)
        sys.stderr.write("".join(f"{line}\n" for line in found))
        return 1 if found else 0
    write(root)
    if asked.release:
        release(root)
    return 0


def _json_schemas() -> dict[str, str]:
    return {f"{kebab(topic.record)}.json": _text(schema_of(topic)) for topic in TOPICS}


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _replace(root: Path, folder: Path, wanted: dict[Path, str]) -> None:
    for path in (root / folder).rglob("*.json"):
        if path.relative_to(root) not in wanted:
            path.unlink()
    for relative, text in wanted.items():
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
