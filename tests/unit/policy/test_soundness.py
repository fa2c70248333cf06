"""Parts of a policy that can never apply are refused with their place; parts that are over are told."""

import random
import re
from datetime import date
from pathlib import Path

import pytest

from streams.errors import PolicyError
from streams.judgement.policy_file import read_file
from streams.judgement.versions import read
from streams.policy.compiled import compile_policy
from streams.policy.packaged import load_default
from streams.policy.soundness import MOST_WARNINGS, sound, warnings
from streams.wording.problems import in_chinese
from tests.unit.policy.questions import a_policy

TODAY = date(2026, 9, 21)
POINTS = "operating_points: {derived: 0.5, same_image_bits: 9, shared_alteration: 0.5"
ASK = "recommend: [ASK_MERCHANT]"
RULE = "request; request.amount_minor > 5; AMOUNT_LIMIT; 40"
WINDOWS = [
    ("'2026-03-02'", "'2026-03-01'", "until (2026-03-01) is not after from (2026-03-02)"),
    ("'2026-03-01'", "'2026-03-01'", "until (2026-03-01) is not after from (2026-03-01)"),
    ("", "'2026-03-01'", "from of "),
    ("'2026-03-01'", "", "until of "),
    ("'2026-03-01'", "'2026-3-2'", "this is no day: write it in quotes, with year, month and day, as"),
    ("'2026-03-01'", "''", "this is no day: write it in quotes, with year, month and day, as"),
]


def of_shop(extra: str = "", rule: str = "") -> str:
    """A policy of one rule, which has further lines, and with a further key in its fourth line."""
    return a_policy(RULE, extra="audit_share: 0" + (f"\n{extra}" if extra else "")).text + rule


@pytest.mark.parametrize(("begins", "until", "said"), WINDOWS)
@pytest.mark.parametrize("part", ["rules", "not_eligible", "overrides"])
def test_a_window_that_no_day_lies_in_is_refused_with_its_line(part: str, begins: str, until: str, said: str) -> None:
    days = f"    from: {begins}\n    until: {until}\n"
    entry = "" if part == "not_eligible" else "    hold_s: 5\n"
    text = (
        of_shop(rule=days)
        if part == "rules"
        else of_shop(f"{part}:\n  - categories: [toys]\n{entry}{days}".rstrip("\n"))
    )
    wrong = "from" if said == "from of " else "until"
    line = next(at for at, one in enumerate(text.splitlines(), 1) if one.strip().startswith(f"{wrong}:"))
    with pytest.raises(PolicyError) as refused:
        read(text)
    assert f"line {line}, column 5" in str(refused.value)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("extra", "place", "said"),
    [
        ("overrides: [{categories: [], hold_s: 5}]", "line 4, column 14", "would speak of every request"),
        ("not_eligible: [{merchants: []}]", "line 4, column 17", "would speak of every request"),
        ("not_eligible: [{above_minor: {}}]", "line 4, column 17", "would speak of every request"),
        ("overrides: [{categories: [toys]}]", "line 4, column 13", "this override changes nothing: give one of"),
        ("rules_off: [rule_9]", "line 4, column 1", "no rule has the id 'rule_9': did you mean 'rule_0'?"),
        (
            f"score_bands: [{{name: a, from: 40, {ASK}}}, {{name: b, from: 40, {ASK}}}]",
            "line 4, column 73",
            "b begins at 40 as a does: join the two",
        ),
        (
            f"score_bands: [{{name: a, from: 40, {ASK}}}, {{name: a, from: 41, {ASK}}}]",
            "line 4, column 64",
            "give each its own name",
        ),
        ("score_bands: [{name: a, from: 40}]", "line 4, column 15", "a recommends nothing"),
        ("evidence_needed: {DAMAGED: {photos: 15, videos: 6}}", "line 4, column 19", "more than the 20 media"),
        (
            f"{POINTS}, copied: 0.1, taken_anew: 0.2}}",
            "line 4, column 91",
            "taken_anew (0.2) has to be below copied (0.1)",
        ),
    ],
)
def test_what_can_never_apply_or_would_apply_to_everybody_is_refused(extra: str, place: str, said: str) -> None:
    with pytest.raises(PolicyError, match=f"^{place}: ") as refused:
        sound(of_shop(extra))
    assert said in str(refused.value)


def test_a_policy_that_judges_already_goes_on_whatever_is_refused_today() -> None:
    text = of_shop("overrides: [{categories: []}]")
    with pytest.raises(PolicyError):
        sound(text)
    assert len(compile_policy(text).document.overrides) == 1


def test_a_rule_whose_reason_has_no_words_is_refused_with_its_line() -> None:
    with pytest.raises(PolicyError, match=r"line 8, column 13\): unknown reason code TOO_LATE, which has no words for"):
        read(of_shop().replace("AMOUNT_LIMIT", "TOO_LATE"))


def test_the_file_is_named_in_which_a_window_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "toys.yaml").write_text("overrides:\n- hold_s: 1\n  from: '2026-02-01'\n  until: '2026-01-01'\n")
    main = tmp_path / "shop.yaml"
    main.write_text(f"include: [toys.yaml]\n{of_shop()}")
    with pytest.raises(PolicyError, match=r"shop.yaml: toys.yaml, line 4, column 3: this override would never hold"):
        read_file(main)


@pytest.mark.parametrize(
    ("extra", "rule", "said"),
    [
        (
            "",
            "    until: '2026-09-21'\n",
            "line 10, column 5: rule 'rule_0' holds no longer since 2026-09-21: remove it",
        ),
        ("overrides: [{hold_s: 5, until: '2026-01-01'}]", "", "line 4, column 25: this override holds no longer since"),
        ("not_eligible: [{until: '2026-01-01'}]", "", "line 4, column 17: this entry of not_eligible holds no longer"),
        (
            "overrides: [{categories: [toys], hold_s: 5}, {categories: [toys, gold], hold_s: 9}]",
            "",
            "line 4, column 13: a later override says otherwise for every request that this one speaks of",
        ),
        ("score_bands: [{name: a, from: 90, recommend: [ASK_MERCHANT]}]", "", "no reason scores 90 or more"),
        ("overrides: [{amount_limits: {CNY: {single_minor: 9, sum_30d_minor: 8}}}]", "", "line 4, column 30: single"),
    ],
)
def test_what_is_of_no_use_is_a_warning_with_its_line(extra: str, rule: str, said: str) -> None:
    text = of_shop(extra, rule)
    sound(text)
    [warning] = warnings(text, TODAY)
    assert said in warning


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("1 > 2", "is false whatever it looks at"),
        ("request.amount_minor > 5 && operating_points.derived > 1.0", "is false whatever it looks at"),
        ("'a' == 'a' || request.amount_minor > 5", "is true whatever it looks at"),
    ],
)
def test_a_rule_that_says_the_same_of_everything_is_a_warning(when: str, said: str) -> None:
    [warning] = warnings(a_policy(f"request; {when}; AMOUNT_LIMIT; 40").text, TODAY)
    assert f"rule 'rule_0' {said}" in warning
    assert warnings(a_policy("claim_photo; 'features' in unmeasured; AMOUNT_LIMIT; 40").text, TODAY) == []


@pytest.mark.parametrize(
    ("when", "begins", "said"),
    [
        (
            'request; request.kind == "refund-only"',
            '"refund-only"',
            "request.kind is never 'refund-only': did you mean",
        ),
        (
            'request; true && "refund only" != request.kind',
            '"refund only"',
            "request.kind is never 'refund only': did you mean",
        ),
        ('claim_photo; !(photo.capture_source in ["album", "camera"])', '"camera"', "did you mean 'live_camera'?"),
        (
            'comparison; comparison.origin == "Listing"',
            '"Listing"',
            "comparison.origin is never 'Listing': did you mean",
        ),
        ('sighting; sighting.source == "shop"', '"shop"', "use one of catalogue, claim"),
        ('request; !("feature" in unmeasured)', '"feature"', "unmeasured never holds 'feature': did you mean"),
        ('request; unmeasured.exists(one, one == "x") || request.kind == "y"', '"y"', "request.kind is never 'y'"),
    ],
)
def test_a_rule_that_asks_for_a_text_that_is_never_there_is_refused(when: str, begins: str, said: str) -> None:
    text = a_policy(f"{when}; AMOUNT_LIMIT; 40").text
    line = next(at for at, one in enumerate(text.splitlines(), 1) if "when" in one)
    column = text.splitlines()[line - 1].index(begins) + 1
    with pytest.raises(PolicyError) as refused:
        sound(text)
    assert str(refused.value).startswith(f"line {line}, column {column}: rule 'rule_0': ")
    assert said in str(refused.value)


@pytest.mark.parametrize("reason", ["RANDOM_AUDIT", "MERCHANT_OBJECTION", "POLICY_HOLD", "LINKED_TO_FORGERY"])
def test_a_rule_gives_no_reason_by_which_figures_know_what_it_was(reason: str) -> None:
    text = of_shop().replace("AMOUNT_LIMIT", reason)
    with pytest.raises(PolicyError, match=rf"^line 8, column 5: rule 'rule_0': no rule may give {reason}"):
        sound(text)
    assert compile_policy(text).document.rules[0].reason == reason, "one that judges already goes on"


def test_any_text_may_be_asked_of_what_the_platform_names() -> None:
    for name in ("request.category", "request.reason_code", "request.merchant_id"):
        sound(a_policy(f'request; {name} == "any" || {name} in ["of", "these"]; AMOUNT_LIMIT; 40').text)
    sound(a_policy('request; request.kind == "refund_only" && !("features" in unmeasured); AMOUNT_LIMIT; 40').text)


TWO = "overrides: [{amount_limits: {USD: {single_minor: 7, sum_30d_minor: 9}}}]"
"""A second currency, beside the shop's own."""


def in_two_currencies(condition: str, extra: str = "") -> str:
    return a_policy(f"request; {condition}; AMOUNT_LIMIT; 40", extra=f"audit_share: 0\n{TWO}{extra}").text


def test_a_sum_of_one_currency_says_nothing_of_the_others_and_is_a_warning() -> None:
    asked = "request.currency == 'CNY' && request.amount_minor > 5"
    one = "\nnot_eligible: [{categories: [toys], above_minor: {CNY: 100}}]"
    [warning] = warnings(in_two_currencies(asked, one), TODAY)
    assert "line 5, column 37: this says nothing of USD" in warning
    assert warnings(in_two_currencies(asked, one.replace("CNY: 100", "CNY: 100, USD: 0")), TODAY) == []
    assert warnings(in_two_currencies(asked, one.replace(", above_minor: {CNY: 100}", "")), TODAY) == []
    told = warnings(in_two_currencies(asked, one.replace("CNY: 100", "RMB: 100, USD: 9")), TODAY)
    assert [said.partition(": ")[2] for said in told] == [
        "RMB is no code of ISO 4217: requests in CNY are not meant. Write CNY"
    ]


def test_a_condition_that_asks_for_what_is_no_currency_is_a_warning_with_its_place() -> None:
    text = a_policy('request; request.currency in ["USD", "RMB"]; AMOUNT_LIMIT; 40').text
    [warning] = warnings(text, TODAY)
    assert "RMB is no code of ISO 4217: requests in CNY are not meant. Write CNY" in warning
    assert warnings(text.replace("RMB", "CNY"), TODAY) == []


@pytest.mark.parametrize(
    ("condition", "warned"),
    [
        ("request.amount_minor > 5000", True),
        ("history.claims_30d > 2 && 5000 <= history.sum_minor_90d", True),
        ("request.amount_minor > 0", False),
        ("request.amount_minor > limits.single_limit_minor", False),
        ("limits.currency_listed && request.amount_minor > 5000 + limits.single_limit_minor", False),
        ("request.currency == 'USD' && request.amount_minor > 5000", False),
        ("request.freight_minor > request.amount_minor", False),
    ],
)
def test_a_sum_that_is_compared_whatever_the_currency_is_a_warning(condition: str, *, warned: bool) -> None:
    told = warnings(in_two_currencies(condition), TODAY)
    assert (["in whatever currency" in said for said in told]) == [True] * warned
    alone = a_policy(f"request; {condition}; AMOUNT_LIMIT; 40", extra="audit_share: 0").text
    assert warnings(alone, TODAY) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("CNY:", "RMB:", "RMB is no code of ISO 4217: requests in CNY are not meant, and all reviewed. Write CNY"),
        (of_shop().partition("rules:")[2], " []\n", "there is no rule: whatever could be looked at is cleared"),
    ],
)
def test_limits_that_nobody_is_meant_by_and_a_policy_without_rules_are_warnings(old: str, new: str, said: str) -> None:
    [warning] = warnings(of_shop().replace(old, new), TODAY)
    assert said in warning


@pytest.mark.parametrize(
    "extra",
    [
        "not_eligible: [{until: '2026-09-22'}]",
        "overrides: [{categories: [toys], hold_s: 5}, {categories: [gold], hold_s: 9}]",
        "overrides: [{categories: [toys], hold_s: 5}, {hold_s: 9, from: '2026-02-01'}]",
        "overrides: [{categories: [toys], hold_s: 5}, {audit_share: 0.5}]",
        "overrides: [{hold_s: 5}, {categories: [toys], hold_s: 9}]",
        "overrides: [{rules_off: [rule_0]}, {hold_s: 9}]",
        "score_bands: [{name: a, from: 80, recommend: [ASK_MERCHANT]}]",
    ],
)
def test_what_may_still_apply_is_no_warning(extra: str) -> None:
    sound(of_shop(extra))
    assert warnings(of_shop(extra), TODAY) == []


def test_the_packaged_policy_is_sound_and_has_nothing_of_no_use() -> None:
    _, text = load_default()
    sound(text)
    assert warnings(text, TODAY) == []


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("request.amount_minor > 020000", "020000 is read as 20000 here and as another number elsewhere"),
        ("request.amount_minor > int('0777')", "0777 is read as 777 here"),
        ("request.amount_minor > 5 && double('1e400') > 1.0", "the number is too large"),
        ("request.category.matches('')", "matches('') always holds"),
        ("request.category.contains(r'')", "contains('') always holds"),
        ("request.amount_minor > 5 || [1][5] == 1", "this can never be evaluated: ([1][5] == 1): Index error"),
        ("[1][-1] > request.amount_minor", "[1][(-1)]: Index error: index=-1"),
        ("request.amount_minor > {'a': 1}['b']", 'Key not found in map : "b"'),
        ("request.kind == {1: 'refund_only', 1: 'x'}[1]", "duplicate key"),
        ("request.amount_minor < 9223372036854775807 + 1", "integer overflow"),
        ("request.amount_minor > int(1e300)", "out of int64 range"),
        ("request.currency == 'cny'", "did you mean 'CNY'?"),
        ("request.currency in ['CNY', '人民币']", "request.currency is never '人民币'"),
        ("request.amount_minor > [1, 2][request.claim_photos]", None),
        ("true || [1][5] > 1 || request.amount_minor > 5", None),
        ("request.amount_minor > (1 > 2 ? [1][5] : 3)", None),
        ("{'a': 1}['b'] == 1", "this can never be evaluated"),
        ("dyn('x') > 1", "this can never be evaluated"),
        ("request.category == '007' || request.amount_minor > 100", None),
        ("request.amount_minor > 0 && 0.05 < 1.0 && request.category.matches('^0[0-9]+')", None),
        ("request.amount_minor > 0x10", None),
    ],
)
def test_a_condition_that_means_something_other_than_it_seems_is_refused_before_it_is_stored(
    condition: str, said: str | None
) -> None:
    text = a_policy(f"request; {condition}; AMOUNT_LIMIT; 40").text
    compile_policy(text)  # one that judges already goes on
    if said is None:
        sound(text)
        return
    with pytest.raises(PolicyError, match=r"^line \d+, column \d+: rule 'rule_0': ") as refused:
        sound(text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "begins", "said"),
    [
        ("comparison; comparison.derived_score > 1.0", "> 1.0", "comparison.derived_score is 0 to 1"),
        ("request; true && 1.5 <= request.claims_differ", "<= request", "request.claims_differ is 0 to 1"),
        ("request; request.amount_minor < 0", "< 0", "request.amount_minor is 0 or more"),
        ("sighting; sighting.distance_bits == 257", "== 257", "sighting.distance_bits is 0 to 256"),
    ],
)
def test_a_comparison_that_no_value_meets_is_a_warning_with_its_place(rule: str, begins: str, said: str) -> None:
    text = a_policy(f"{rule}; AMOUNT_LIMIT; 40").text
    line, column = next((at, one.index(begins) + 1) for at, one in enumerate(text.splitlines(), 1) if "when" in one)
    sound(text)
    [warning] = warnings(text, TODAY)
    assert warning.startswith(f"line {line}, column {column}: rule 'rule_0': {said}, so this never holds")


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("history.claims_30d >= -5", "history.claims_30d is 0 or more"),
        ("0 <= history.claims_30d", "history.claims_30d is 0 or more"),
        ("request.claims_differ < 1.5", "request.claims_differ is 0 to 1"),
        ("request.claims_differ <= 1.0", "request.claims_differ is 0 to 1"),
    ],
)
def test_a_comparison_that_every_value_meets_is_a_warning(condition: str, said: str) -> None:
    [warning] = warnings(a_policy(f"request; {condition}; AMOUNT_LIMIT; 40").text, TODAY)
    assert f"{said}, so this always holds" in warning


def test_of_very_many_warnings_each_of_the_first_has_its_place_and_the_others_are_counted() -> None:
    lot = random.Random(20)  # noqa: S311 - a draw of a test
    numbers = [lot.randrange(10_000) for _ in range(MOST_WARNINGS + 300)]
    pieces = [f"request.amount_minor >= -{number}" for number in numbers]
    text = a_policy(f"request; {'  ||  '.join(pieces)}; AMOUNT_LIMIT; 40").text
    sound(text)

    *found, left = warnings(text, TODAY)

    assert len(found) == MOST_WARNINGS
    lines = text.splitlines()
    for said, number in zip(found, numbers, strict=False):
        place = re.match(r"line (\d+), column (\d+): ", said)
        assert place is not None
        assert lines[int(place[1]) - 1][int(place[2]) - 1 :].startswith(f">= -{number}")
    assert left == "not shown: 300 more; mend these first"
    assert in_chinese(left) is not None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("name: ", "name: x\u200b", "U+200B"),
        ("name: ", 'name: "\\u202Egnitset" #', "U+202E"),
        ("audit_share", 'score_bands: [{name: "a\\u2066", from: 9, recommend: [ASK_MERCHANT]}]\naudit_share', "U+2066"),
    ],
)
def test_a_name_with_a_sign_that_nobody_sees_is_refused(old: str, new: str, code: str) -> None:
    text = of_shop().replace(old, new, 1)
    with pytest.raises(PolicyError, match=rf"line \d, column \d+: the name .* holds {re.escape(code)}"):
        sound(text)
    compile_policy(text)  # one that judges already goes on


@pytest.mark.parametrize(
    "rule",
    [
        "comparison; comparison.derived_score >= 1.0",
        "comparison; comparison.copied <= 0.0",
        "request; request.claim_photos == 0",
        "sighting; sighting.distance_bits >= 256",
    ],
)
def test_the_last_value_of_a_range_may_be_asked_for(rule: str) -> None:
    assert warnings(a_policy(f"{rule}; AMOUNT_LIMIT; 40").text, TODAY) == []


def test_an_entry_of_what_is_not_eligible_that_names_nothing_is_a_warning() -> None:
    text = a_policy(
        "request; request.amount_minor > 5; AMOUNT_LIMIT; 40", extra="audit_share: 0\nnot_eligible: [{}]"
    ).text
    [warning] = warnings(text, TODAY)
    assert "this entry speaks of every request" in warning


def nested(function: str, deep: int, many: int) -> str:
    """Return a condition of lists within one another, over numbers that all of them use."""
    names = "abcdefg"[:deep]
    inner = " + ".join(names) + " < request.amount_minor + 1000"
    for name in reversed(names):
        inner = f"[{', '.join(map(str, range(many)))}].{function}({name}, {inner})"
    return inner


@pytest.mark.parametrize(("deep", "many", "refused"), [(4, 11, True), (3, 30, True), (5, 8, True), (3, 9, False)])
def test_a_rule_that_takes_too_many_steps_for_every_request_is_refused(deep: int, many: int, *, refused: bool) -> None:
    text = a_policy(f"request; {nested('all', deep, many)}; AMOUNT_LIMIT; 40").text
    if not refused:
        sound(text)
        return
    with pytest.raises(PolicyError, match=r"line 7, column 11: rule '.*': this takes more steps than CEL allows"):
        read(text)


def test_a_rule_is_told_of_that_failed_for_all_that_was_drawn_and_one_that_could_say_something_is_not() -> None:
    fails = a_policy('request; int("x" + request.category) > 3; AMOUNT_LIMIT; 40').text
    guarded = a_policy("request; request.amount_minor > 0 && 9 / request.amount_minor > 3; AMOUNT_LIMIT; 40").text
    number = a_policy("request; int(request.category) > 3; AMOUNT_LIMIT; 40").text

    assert [one for one in warnings(fails, TODAY) if "failed whatever was drawn" in one and "string to int" in one]
    sound(fails)  # it is told, and not refused
    for text in (guarded, number):
        assert not [one for one in warnings(text, TODAY) if "drawn" in one]
