"""Every text that people read is there in Chinese and in English, and every name that the program asks for is there."""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
import yaml

import streams
from streams.cases.acts import Action
from streams.cases.states import CaseState
from streams.demo.stories import STORIES
from streams.evidence.provenance import finding_kinds
from streams.evidence.provenance.finding_kinds import FindingKind
from streams.policy.reasons import ReasonTable, reasons
from streams.policy.variables import ONLY_UNMEASURED, VARIABLES
from streams.wording.labels import ReadingWords, label, reading_words
from streams.wording.problems import Problem
from streams.wording.tables import PLACEHOLDER, Wording, table, texts

CHINESE = re.compile(r"[\u4e00-\u9fff]")
FLAT, OF_PARTS = dict[str, Wording], dict[str, dict[str, Wording]]
SHAPES: dict[str, object] = {
    "acts": FLAT,
    "asked": OF_PARTS,
    "case_page": OF_PARTS,
    "criteria": FLAT,
    "dates": OF_PARTS,
    "demo": OF_PARTS,
    "evidence_package": OF_PARTS,
    "findings": dict[str, FindingKind],
    "inspection": OF_PARTS,
    "pages": OF_PARTS,
    "problems": list[Problem],
    "readings": ReadingWords,
    "reasons": ReasonTable,
    "recommendations": OF_PARTS,
    "statements": OF_PARTS,
    "states": FLAT,
    "units": FLAT,
    "unmeasured": FLAT,
    "values": FLAT,
}
"""What each file is read as: a new one is added here."""
PAGE = "page"
"""A text within a text: how a page says it."""


def content(name: str) -> str:
    return files("streams.wording").joinpath(f"{name}.yaml").read_text(encoding="utf-8")


def every_text(node: object, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give each text and where it stands: a mapping that has one of the languages is one."""
    if isinstance(node, dict):
        if node.keys() & {"zh", "en"}:
            yield path, {name: node[name] for name in node if name != PAGE}
            node = {name: node[name] for name in node if name == PAGE}
        for name, part in node.items():
            yield from every_text(part, f"{path}.{name}")
    elif isinstance(node, list):
        for place, part in enumerate(node):
            yield from every_text(part, f"{path}[{place}]")
    else:
        yield path, {"zh": "", "en": ""}  # a text without a language


TEXTS = [one for name in SHAPES for one in every_text(yaml.safe_load(content(name)), name)]


def test_every_file_of_texts_is_known_here() -> None:
    found = {path.name.removesuffix(".yaml") for path in files("streams.wording").iterdir() if ".yaml" in path.name}
    assert found == set(SHAPES)


@pytest.mark.parametrize(("path", "text"), TEXTS, ids=[path for path, _ in TEXTS])
def test_a_text_has_both_languages_and_fills_both_alike(path: str, text: dict[str, str]) -> None:
    assert text.keys() == {"zh", "en"}, path
    assert all(said.strip() for said in text.values())
    assert CHINESE.search(text["zh"])
    assert not CHINESE.search(text["en"])
    assert set(PLACEHOLDER.findall(text["zh"])) == set(PLACEHOLDER.findall(text["en"]))


@pytest.mark.parametrize("name", SHAPES)
def test_every_file_is_read_as_the_program_reads_it(name: str) -> None:
    assert msgspec.convert(yaml.safe_load(content(name)), SHAPES[name])


@pytest.mark.parametrize("text", ["a:\n  zh: 甲\n", "a:\n  en: one\n", "a:\n  zh: 甲\n  en: one\n  de: eins\n"])
def test_a_text_that_lacks_a_language_is_never_read(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(yaml.safe_load(text), FLAT)


@pytest.mark.parametrize("name", SHAPES)
def test_no_name_and_no_text_is_taken_for_anything_but_a_text(name: str) -> None:
    def scalars(node: object) -> Iterator[object]:
        if isinstance(node, dict):
            yield from node
            for part in node.values():
                yield from scalars(part)
        elif isinstance(node, list):
            for part in node:
                yield from scalars(part)
        else:
            yield node

    assert [one for one in scalars(yaml.safe_load(content(name))) if not isinstance(one, str)] == []


WRITTEN_ELSEWHERE = ("demo/requests.py", "demo/catalogue.py", "bench/", "evidence/provenance/", "wording/folding.py")
"""Made-up goods and sentences, what files are searched for, ranges of characters: nothing that is said to people."""


def test_no_text_for_people_stands_in_the_program_itself() -> None:
    root = Path(streams.__file__).parent
    found = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in sorted(root.rglob("*.py"))
        if not str(path.relative_to(root)).startswith(WRITTEN_ELSEWHERE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value)
    ]
    assert found == []


def test_every_state_of_a_case_has_words() -> None:
    assert texts("states").keys() == set(CaseState)


def test_every_act_on_a_case_has_words() -> None:
    assert texts("acts").keys() == set(Action)


def test_every_reading_has_words_and_no_words_are_left_over() -> None:
    words = reading_words()
    assert words.variables.keys() == VARIABLES.keys()
    assert words.only_unmeasured.keys() == ONLY_UNMEASURED
    assert label("width_px").zh == words.variables["photo.width_px"].zh
    assert label("aura").zh == "aura"


def test_every_kind_of_finding_has_words() -> None:
    kinds = {value for name, value in vars(finding_kinds).items() if name.isupper() and isinstance(value, str)}
    assert finding_kinds.finding_kinds().keys() == kinds


def test_every_story_of_the_demo_has_words() -> None:
    assert texts("demo/stories").keys() == {story.name for story in STORIES}


def test_a_text_is_filled_in_its_own_language() -> None:
    inner = Wording(zh="甲", en="one")
    assert Wording(zh="{a}是{b}", en="{b} is {a}").filled(a=inner, b=2) == Wording(zh="甲是2", en="2 is one")


def test_a_table_is_read_once() -> None:
    assert table("reasons", ReasonTable) is reasons()


def test_ready_rationales_name_rules_that_parties_are_told_in_words() -> None:
    named = {name.split("__")[1] for name in texts("pages/templates")}
    assert named <= texts("statements/rules").keys()
