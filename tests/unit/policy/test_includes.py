"""A policy of several files is one text, judged as one, and whatever is wrong is named with its file and line."""

from collections.abc import Mapping

import pytest

from streams.errors import PolicyError
from streams.policy.compiled import compile_policy
from streams.policy.document import read
from streams.policy.includes import MOST_FILES, gathered

RULE = "- {id: %s, for: request, when: history.claims_30d >= %s, reason: FREQUENT_CLAIMS, score: 5}"
MAIN = "name: shop\ninclude: [limits.yaml, rules/toys.yaml]\nrules:\n  " + RULE % ("own", 1) + "\naudit_share: 0\n"
LIMITS = "amount_limits:\n  CNY: {single_minor: 1, sum_30d_minor: 2}\n"
TOYS = "include: [../more.yaml]\nrules:\n  " + RULE % ("toys", 2) + "\n"
MORE = "amount_limits: {USD: {single_minor: 1, sum_30d_minor: 2}}\nrules:\n  " + RULE % ("more", 3) + "\n"
FILES = {"main.yaml": MAIN, "limits.yaml": LIMITS, "rules/toys.yaml": TOYS, "more.yaml": MORE}


def text_of(files: Mapping[str, str], name: str = "main.yaml") -> str:
    def reading(one: str) -> str:
        if one not in files:
            raise FileNotFoundError(2, "No such file", one)
        return files[one]

    return gathered(name, reading)


def test_files_that_are_included_are_part_of_the_policy_and_of_its_text() -> None:
    text = text_of(FILES)
    document = compile_policy(text).document
    assert [rule.id for rule in document.rules] == ["more", "toys", "own"]
    assert set(document.amount_limits) == {"CNY", "USD"}
    assert text_of({"main.yaml": text}) == text


def test_a_policy_of_one_file_is_its_text() -> None:
    alone = MAIN.replace("include: [limits.yaml, rules/toys.yaml]\n", LIMITS)
    assert text_of({"main.yaml": alone}) == alone


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("more.yaml", "include: [rules/toys.yaml]", "more.yaml, line 1, column 11: a file may not include itself: "),
        ("limits.yaml", "include: [limits.yaml]", "limits.yaml includes limits.yaml"),
        ("limits.yaml", "include: [main.yaml]", "main.yaml includes limits.yaml includes main.yaml"),
        ("limits.yaml", "include: [../secret.yaml]", "limits.yaml, line 1, column 11: ../secret.yaml lies outside"),
        ("limits.yaml", "include: [/etc/passwd]", "lies outside"),
        ("limits.yaml", "include: other.yaml", "limits.yaml, line 1, column 1: include is a list of names"),
        ("limits.yaml", "include: []", "limits.yaml, line 1, column 1: include is a list of names"),
        ("main.yaml", "name: shop\ninclude:", "main.yaml, line 2, column 1: include is a list of names"),
        ("limits.yaml", "include: [absent.yaml]", "limits.yaml, line 1, column 11: absent.yaml cannot be read"),
        ("limits.yaml", "a: &x [1]", "limits.yaml, line 1, column 4: anchors and aliases"),
        ("limits.yaml", "- 1", "limits.yaml, line 1, column 1: a file of a policy holds keys"),
        (
            "limits.yaml",
            LIMITS + "audit_share: 1",
            "main.yaml, line 5, column 1: 'audit_share' is given at limits.yaml",
        ),
        ("limits.yaml", LIMITS + "  USD: {}", "more.yaml, line 1, column 17: 'USD' is given at limits.yaml, line 3"),
        ("limits.yaml", LIMITS + "holds: 1", "limits.yaml, line 3, column 1, $.holds: unknown key 'holds'"),
        ("rules/toys.yaml", TOYS.replace("claims_30d", "claims_31d"), "rules/toys.yaml, line 3, column 36"),
        ("more.yaml", MORE.replace("score: 5", "score: 500"), "more.yaml, line 3, column 86, $.rules[0].score"),
        ("more.yaml", MORE.replace("id: more", "id: own"), "main.yaml, line 4, column 10): another rule has this id"),
    ],
)
def test_what_is_wrong_is_named_with_its_file_and_line(name: str, content: str, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        compile_policy(text_of({**FILES, name: content}))
    assert said in str(caught.value)


def test_too_many_files_are_refused() -> None:
    files = {f"{n}.yaml": f"include: [{n + 1}.yaml]" for n in range(MOST_FILES + 1)}
    with pytest.raises(PolicyError, match=f"more than {MOST_FILES} files"):
        text_of(files, "0.yaml")


def test_a_text_that_names_files_and_does_not_hold_them_is_refused() -> None:
    with pytest.raises(PolicyError, match="line 2, column 1: the files that it includes are not in this text"):
        read(MAIN)
