"""Why a request was answered as it was, from what the judge saw, on both databases."""

import pytest
from sqlalchemy import Engine

from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.kept import SqlKeptEvidence
from streams.adapters.sql.policies import PolicyStore
from streams.errors import NotFound
from streams.judgement.explaining import Change, Explained, Explaining
from streams.judgement.versions import read
from streams.policy.compiled import compile_policy
from streams.policy.engine import judge
from streams.policy.packaged import load_default
from streams.policy.settling import answered
from tests.builders import a_request
from tests.contract.judging import NOW_MS
from tests.contract.sql import Database
from tests.unit.policy.questions import a_sighting, looked_at, with_photo

KEY = b"key-2"
LIVE = read(load_default()[1])


@pytest.fixture
def explaining(engine: Engine, database: Database) -> Explaining:
    database.change("DELETE FROM policy_activations")
    PolicyStore(engine).seed(LIVE, NOW_MS - 1)
    store = SqlDecisionStore(engine, KEY)
    store.decide([looked_at(a_request("dear", amount_minor=30_000, orders_30d=None))], judge, NOW_MS)
    store.decide([with_photo(a_request("used"), sightings=[a_sighting()])], judge, NOW_MS)
    store.decide([looked_at(a_request("plain", buyer_id="b-9"))], judge, NOW_MS)
    return Explaining(SqlKeptEvidence(engine), PolicyStore(engine), KEY)


def rule(explained: Explained, name: str) -> tuple[bool | None, Change | None]:
    [answer] = [one for one in explained.answers if one.rule == name]
    return answer.fired, answer.flips


def test_a_rule_that_fired_says_which_value_would_have_let_it_pass(explaining: Explaining) -> None:
    [explained] = explaining.explain("dear")
    assert explained.decision.verdict == "REVIEW"
    assert rule(explained, "amount_above_limit") == (
        True,
        Change(variable="request.amount_minor", value=30_000, instead=20_000),
    )


def test_a_rule_that_did_not_fire_says_which_value_would_have_made_it(explaining: Explaining) -> None:
    [explained] = explaining.explain("plain")
    fired, flips = rule(explained, "frequent_claims")
    assert (fired, flips) == (False, Change(variable="history.claims_30d", value=0, instead=5))
    assert rule(explained, "goods_excluded") == (
        False,
        Change(variable="limits.category_excluded", value=False, instead=True),
    )


def test_a_rule_that_lacked_a_value_names_it(explaining: Explaining) -> None:
    [explained] = explaining.explain("dear")
    [answer] = [one for one in explained.answers if one.rule == "high_rate"]
    assert (answer.fired, set(answer.missing)) == (None, {"history.claim_rate_30d", "request.orders_30d"})


def test_a_photo_used_before_is_told_with_the_earlier_one(explaining: Explaining) -> None:
    [explained] = explaining.explain("used")
    [answer] = [one for one in explained.answers if one.rule == "photo_used_before"]
    assert (answer.fired, answer.media_id, answer.earlier) == (True, "c1", "claim:rr-0:sha256:0:c1")
    assert answer.values["sighting.distance_bits"] == 5
    assert answer.flips is not None


def test_another_policy_can_be_asked_about_the_same_request(explaining: Explaining) -> None:
    looser = read(LIVE.text.replace("single_minor: 20000", "single_minor: 90000"))
    [explained] = explaining.explain("dear", looser)
    assert rule(explained, "amount_above_limit")[0] is False


def test_a_rule_is_explained_by_what_holds_for_the_request(explaining: Explaining) -> None:
    limits = "{amount_limits: {CNY: {single_minor: 90000, sum_30d_minor: 95000}}}"
    wider = read(f"{LIVE.text}\noverrides:\n  - {limits[1:-1]}\n")
    [explained] = explaining.explain("dear", wider)
    [answer] = [one for one in explained.answers if one.rule == "amount_above_limit"]
    assert (answer.asked, answer.fired, answer.values["limits.single_limit_minor"]) == (True, False, 90_000)


@pytest.mark.parametrize("part", ["rules_off: [amount_above_limit]", "overrides: [{rules_off: [amount_above_limit]}]"])
def test_a_rule_that_is_off_for_a_request_is_explained_as_not_asked(explaining: Explaining, part: str) -> None:
    [explained] = explaining.explain("dear", read(f"{LIVE.text}\n{part}\n"))
    [answer] = [one for one in explained.answers if one.rule == "amount_above_limit"]
    assert "AMOUNT_LIMIT" not in {one.code for one in explained.decision.reasons}
    assert (answer.asked, answer.fired, answer.flips) == (False, False, None)


def test_a_change_of_a_decimal_is_told_in_few_digits(explaining: Explaining) -> None:
    [explained] = explaining.explain("used")
    flips = [one.flips for one in explained.answers if one.flips and isinstance(one.flips.instead, float)]
    assert flips
    assert all(len(str(one.instead)) <= 11 for one in flips)


def test_every_flip_flips_its_rule(explaining: Explaining) -> None:
    programs = {one.rule.id: one.program for scope in compile_policy(LIVE.text).scopes.values() for one in scope.rules}
    answers = [one for name in ("dear", "used", "plain") for one in explaining.explain(name)[0].answers]
    flipped = [one for one in answers if one.flips is not None]
    assert len(flipped) > len(answers) / 2
    for one in flipped:
        assert one.flips is not None
        assert answered(programs[one.rule], {**one.values, one.flips.variable: one.flips.instead}) is (not one.fired)


def test_what_is_not_there_or_not_kept_says_so(explaining: Explaining, database: Database) -> None:
    with pytest.raises(NotFound, match="was decided here"):
        explaining.explain("nobody")
    database.change("DELETE FROM kept_evidence")
    with pytest.raises(NotFound, match="cannot be explained: what the judge saw is not kept"):
        explaining.explain("plain")
