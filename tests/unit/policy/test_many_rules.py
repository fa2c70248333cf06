"""Very many rules: a clear error, or a policy that judges."""

import pytest

from streams.errors import PolicyError
from streams.policy.compiled import JOINED, compile_policy
from streams.policy.engine import judge
from streams.policy.names import MOST_RULES
from streams.policy.yaml_reader import LONGEST
from tests.unit.policy.questions import a_question, codes, stored

HEAD = "name: x\namount_limits: {}\naudit_share: 0\nrules:\n"
RULE = "- {{id: r{0}, for: request, when: request.amount_minor == {0}, reason: AMOUNT_LIMIT, score: 5}}\n"
OF_CEL = RULE.replace("== {0}", "== int('{0}')")
"""A rule that only CEL knows."""


@pytest.mark.parametrize("rule", [RULE, OF_CEL], ids=["plain", "of CEL"])
def test_as_many_rules_as_may_be_all_judge(rule: str) -> None:
    text = HEAD + "".join(rule.format(12_901 + n) for n in range(MOST_RULES - 1)) + rule.format(12_900)
    assert sum(len(line) for line in text) < LONGEST
    of_cel = compile_policy(text).scopes["request"].any_other
    assert len(of_cel) > MOST_RULES * 30 // JOINED if rule == OF_CEL else not of_cel
    assert codes(judge(a_question(policy=stored(text)))) == ["AMOUNT_LIMIT"]


@pytest.mark.parametrize(("rules", "said"), [(MOST_RULES + 1, "join some"), (10_000, "characters: at most")])
def test_more_are_refused_at_once(rules: int, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        compile_policy(HEAD + "".join(RULE.format(n) for n in range(rules)))
