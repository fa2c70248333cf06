"""Whatever the console says is wrong is said in Chinese as well: every sentence of the code, with what it puts in."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

import streams
from streams.wording.problems import Problem, in_chinese, on_a_page
from streams.wording.tables import table

ROOT = Path(streams.__file__).parent


def modules(room: str, names: str) -> list[Path]:
    """Return the files of the modules that are named, wherever they are in the room."""
    found = {path.stem: path for path in (ROOT / room).rglob("*.py")}
    return [found[name] for name in names.split()]


SAID_BY = [
    *(path for part in ("console", "access", "webhooks") for path in (ROOT / part).rglob("*.py")),
    *modules("cases", "asked assignment follow_up golden hearing human_review recommendations review transitions"),
    *modules("cases", "verdict appeal disclosure"),
    *modules("casework", "assignments audit_book drafts further_evidence golden golden_work hearings human_review"),
    *modules("casework", "leases photo_search pictures progress recommendations rulings uploads verdicts"),
    *modules("judgement", "versions"),
    *modules("adapters", "webhook_post"),
    *modules("policy", "always_failing constant_parts currencies odd_texts outdone ranges soundness"),
]
RAISED = {"CaseChanged", "IllegalMove", "NotFound", "NotAllowed", "Invalid", "OperatorError"}
NAMED = {"msg", "what"}
OF_DELIVERIES = "error"
"""Why an address was not told; its words are shown beside the delivery."""
OF_SETTINGS = "SENTINEL_"
TO_DEVELOPERS = "in the table of routes"
GIVEN = "X1"
"""What stands for whatever the code puts into a sentence."""


def sentence(node: ast.expr | None) -> str | None:
    """Return a text of the code with something in its places."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else GIVEN for part in node.values]
        return "".join(map(str, parts))
    return None


def is_why_a_delivery_failed(node: ast.AST, path: Path) -> TypeGuard[ast.keyword | ast.Return]:
    of_post = isinstance(node, ast.Return) and path.stem == "webhook_post" and node.value is not None
    return of_post or (isinstance(node, ast.keyword) and node.arg == OF_DELIVERIES)


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
        elif is_why_a_delivery_failed(node, path):
            found = sentence(node.value)
        else:
            continue
        words = found and found.replace(GIVEN, "").strip(": ")
        if found and words and not found.startswith(OF_SETTINGS) and TO_DEVELOPERS not in found:
            yield found


def test_every_sentence_of_the_console_is_there_in_chinese() -> None:
    sentences = {one: in_chinese(one) for path in SAID_BY for one in said(path)}

    assert len(sentences) > 80
    assert sorted(one for one, chinese in sentences.items() if chinese is None) == []


@pytest.mark.parametrize("one", table("problems", list[Problem]), ids=lambda one: one.en[:40])
def test_a_sentence_says_what_was_put_into_it(one: Problem) -> None:
    values = {name: f"<{name}>" for name in ("case_id", "name", "state", "number", "most", "why", "party", "said")}
    english = one.en
    for name, value in values.items():
        english = english.replace("{" + name + "}", value)

    chinese = in_chinese(english)
    assert chinese is not None
    assert all((value in chinese) == (value in english) for value in values.values())


def test_states_parties_and_sentences_within_sentences_are_said_in_chinese_too() -> None:
    late = in_chinese("case c-1 is DECIDED: a statement or evidence comes too late, appeal instead")
    assert late is not None
    assert "DECIDED" not in late
    assert in_chinese("REFUSE on case c-1 is not against the merchant: only the other side can appeal") == (
        "案件 c-1 的裁定 REFUSE 并非不利于商家：只有另一方可以申诉"
    )
    assert (
        in_chinese("these media cannot be taken: this photo was never fetched") == "无法接收这些文件：这张照片未能取得"
    )
    assert in_chinese("nobody ever said this") is None


CASE = "case-9f3c"


@pytest.mark.parametrize(
    ("said", "english", "chinese"),
    [
        (
            f"case {CASE} is DECIDED: a statement or evidence comes too late, appeal instead",
            "this case is at “decided; may be appealed”: a statement or evidence comes too late, appeal instead",
            "本案状态为“已裁定，可申诉”：提交陈述或证据已迟，请改为申诉",
        ),
        (
            f"REFUSE on case {CASE} is not against the merchant: only the other side can appeal",
            "“refund refused” is not against the merchant: only the other side can appeal",
            "“不予退款”并非不利于商家：只有另一方可以申诉",
        ),
        (
            "this is for auditor, senior",
            "only for these roles: auditor, senior reviewer; your administrator gives them",
            "仅限以下角色：审计、资深审核人；如需使用请联系管理员",
        ),
        (
            f"there is no case {CASE} that you may see",
            "there is no such case, or it is not yours to see",
            "没有这个案件，或您无权查看",
        ),
        (
            f"the merchant has not been heard on case {CASE}: wait, or say --heard when that happened elsewhere",
            "the merchant has not been heard: wait, or tick that the party has answered elsewhere",
            "尚未听取商家陈述：请等待；若对方已在系统外答复，请勾选该项",
        ),
        (
            "case c-2 was appealed before: the verdict on the appeal is final",
            "case c-2 was appealed before: the verdict on the appeal is final",
            "案件 c-2 已申诉过：申诉裁定为终局",
        ),
    ],
)
def test_a_page_says_words_for_codes_and_this_case_for_its_own(said: str, english: str, chinese: str) -> None:
    assert (on_a_page(said, "en", f"/cases/{CASE}/verdict"), on_a_page(said, "zh", f"/cases/{CASE}")) == (
        english,
        chinese,
    )


def test_a_page_tells_nobody_to_type_a_command_that_a_button_is_there_for() -> None:
    typed = [one.page or one for one in table("problems", list[Problem]) if "--" in (one.page or one).en]

    assert [one.en for one in typed if "refund-sentinel" not in one.en] == []
