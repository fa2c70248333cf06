"""The page for people who write policies says what the program does."""

import re

import yaml

from deploy.scripts.pages import DOCS
from streams.policy.compiled import compile_policy
from streams.policy.variables import VARIABLES
from tests.unit.policy.questions import a_policy

PAGE = DOCS / "policy.md"
EXAMPLE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


def test_the_page_names_every_variable() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in VARIABLES if f"| `{name}` |" not in page] == []


def test_every_example_on_the_page_is_a_rule_that_compiles() -> None:
    examples = [rule for text in EXAMPLE.findall(PAGE.read_text(encoding="utf-8")) for rule in yaml.safe_load(text)]
    policy = yaml.safe_load(a_policy().text) | {"rules": examples}
    compiled = compile_policy(yaml.safe_dump(policy, allow_unicode=True))
    assert [rule.id for rule in compiled.document.rules] == [
        "derived_and_altered",
        "phones_over_500",
        "another_merchants_listing",
        "declared_ai_and_dear",
    ]
