"""Writes the page of licences: every package that the locks install with the product, and under what it may be used.

Run: python -m deploy.scripts.licences, after the locks were made anew and installed.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

LOCKS = tuple(Path(__file__).parents[1] / "requirements" / name for name in ("demo.txt", "labels.txt", "tracing.txt"))
PAGE = Path(__file__).parents[1] / "docs" / "licences.md"
HEAD = """# Licences of what is installed

refund-sentinel is under Apache-2.0. Its wheel carries nothing of others (see `NOTICE`). These packages are installed
beside it, as the locks in `deploy/requirements` name them: with the demo, the reader of visible labels and what sends
traces, so a worker alone has fewer. Written by `python -m deploy.scripts.licences` from what each package says of
itself.

| package | licence |
|---|---|
"""
LONGEST = 60


def locked() -> dict[str, str]:
    """Return the packages of the locks by name, with the condition under which each is installed, or ""."""
    line = re.compile(r"^([a-z0-9][a-z0-9._-]*)==\S+(?: ; ([^\\]*))?", re.MULTILINE)
    found = [line.findall(lock.read_text(encoding="utf-8")) for lock in LOCKS]
    return dict(sorted((name, condition.strip()) for pairs in found for name, condition in pairs))


def licence(package: str) -> str:
    """Return the licence that an installed package states; raises PackageNotFoundError where it is not installed."""
    said = metadata(package)
    classes = [name.rsplit(" :: ", 1)[-1] for name in said.get_all("Classifier") or () if name.startswith("License ::")]
    stated = next(iter(said.get_all("License-Expression") or classes or said.get_all("License") or ()), "")
    return stated if 0 < len(stated) <= LONGEST and "\n" not in stated else "see its licence file"


def rows() -> Iterator[str]:
    """Yield a row a package; of one that this machine needs not, the condition under which another does."""
    for package, condition in locked().items():
        try:
            yield f"| {package} | {licence(package)} |\n"
        except PackageNotFoundError:
            if not condition:
                raise
            yield f"| {package} | not looked at: only where `{condition}` |\n"


def main() -> int:
    """Write the page, or return 1 where a package of the locks is not installed."""
    try:
        PAGE.write_text(HEAD + "".join(rows()), encoding="utf-8")
    except PackageNotFoundError as missing:
        sys.stderr.write(f"{missing.name} is in the locks but not installed: make setup\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
