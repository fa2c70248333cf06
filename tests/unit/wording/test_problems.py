"""Whatever the console says is wrong is said in Chinese as well: every sentence of the code, with what it puts in."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import streams
from streams.wording.problems import in_chinese
from streams.wording.tables import Wording, table

ROOT = Path(streams.__file__).parent
SAID_BY = [
    *(path for part in ("console", "access", "webhooks") for path in (ROOT / part).rglob("*.py")),
    *(ROOT / "cases" / f"{name}.py" for name in (
        "asked", "assignment", "follow_up", "golden", "hearing", "human_review", "recommendations", "review",
        "transitions", "verdict", "disclosure",
    )),
    *(ROOT / "casework" / f"{name}.py" for name in (
        "assignments", "audit_book", "drafts", "further_evidence", "golden", "golden_work", "hearings", "human_review",
        "leases", "photo_search", "pictures", "progress", "recommendations", "rulings", "uploads", "verdicts",
    )),
    ROOT / "judgement" / "versions.py",
    ROOT / "policy" / "soundness.py",
]  # fmt: skip
RAISED = {"CaseChanged", "IllegalMove", "NotFound", "NotAllowed", "Invalid", "OperatorError"}
NAMED = {"msg", "what"}
OF_SETTINGS = "SENTINEL_"
TO_DEVELOPERS = "in the table of routes"
GIVEN = "X1"
"""What stands for whatever the code puts into a sentence."""


def sentence(node: ast.expr) -> str | None:
    """Return a text of the code with something in its places."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else GIVEN for part in node.values]
        return "".join(map(str, parts))
    return None


def said(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in NAMED:
            found = sentence(node.value)
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            found = sentence(node.value.elts[-1])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args and node.func.id in RAISED:
            found = sentence(node.args[0])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "problem":
            found = sentence(node.args[1])
        else:
            continue
        words = found and found.replace(GIVEN, "").strip(": ")
        if found and words and not found.startswith(OF_SETTINGS) and TO_DEVELOPERS not in found:
            yield found


def test_every_sentence_of_the_console_is_there_in_chinese() -> None:
    sentences = {one: in_chinese(one) for path in SAID_BY for one in said(path)}

    assert len(sentences) > 80
    assert sorted(one for one, chinese in sentences.items() if chinese is None) == []


@pytest.mark.parametrize("one", table("problems", list[Wording]), ids=lambda one: one.en[:40])
def test_a_sentence_says_what_was_put_into_it(one: Wording) -> None:
    values = {name: f"<{name}>" for name in ("case_id", "name", "state", "number", "most", "why", "party", "said")}
    english = one.en
    for name, value in values.items():
        english = english.replace("{" + name + "}", value)

    chinese = in_chinese(english)
    assert chinese is not None
    assert all((value in chinese) == (value in english) for value in values.values())


def test_states_parties_and_sentences_within_sentences_are_said_in_chinese_too() -> None:
    late = in_chinese("case c-1 is DECIDED: a statement comes too late, appeal instead")
    assert late is not None
    assert "DECIDED" not in late
    assert in_chinese("REFUSE on case c-1 is not against the merchant: only the other side can appeal") == (
        "案件 c-1 的裁定 REFUSE 并非不利于商家：只有另一方可以申诉"
    )
    assert (
        in_chinese("these media cannot be taken: this photo was never fetched") == "无法接收这些文件：这张照片未能取得"
    )
    assert in_chinese("nobody ever said this") is None
