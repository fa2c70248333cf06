"""The map of the code names rooms that are there, and the glossary has each term once."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "deploy" / "docs"
PATH = re.compile(r"`((?:streams|schemas|tests|deploy)/[\w./-]*)`")
TERM = re.compile(r"\*\*([^*]+)\*\*")


def test_every_path_on_the_architecture_page_is_there() -> None:
    named = PATH.findall((DOCS / "architecture.md").read_text(encoding="utf-8"))

    assert len(named) > 40
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_room_of_streams_is_on_the_architecture_page() -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    rooms = [folder.name for folder in (ROOT / "streams").iterdir() if (folder / "__init__.py").exists()]

    assert [room for room in rooms if f"{room}/" not in page] == []


def test_the_glossary_explains_each_term_once() -> None:
    lines = (DOCS / "glossary.md").read_text(encoding="utf-8").splitlines()
    terms = Counter(term for line in lines if line.startswith("| **") for term in TERM.findall(line.split("|")[1]))

    assert len(terms) > 50
    assert [term for term, times in terms.items() if times > 1] == []
