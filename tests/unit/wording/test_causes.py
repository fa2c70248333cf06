"""Why something could not be measured: every code has words in both languages, and records carry all three."""

import inspect
import pickle
import re
from collections.abc import Callable, Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import decode, encode
from schemas.records import Reading, ReasonText
from schemas.records.readings import PARAM_AT_MOST
from streams.errors import MediaUnreadable
from streams.policy.variables import VARIABLES
from streams.wording import causes
from streams.wording.cause import Cause, cause, cause_of, unmeasured, why
from streams.wording.tables import Wording, table

CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORDINGS = table("unmeasured", dict[str, Wording])


def constants() -> dict[str, Cause]:
    return {name: one for name, one in vars(causes).items() if isinstance(one, Cause)}


def makers() -> dict[str, Callable[..., Cause]]:
    return {
        name: one for name, one in vars(causes).items() if inspect.isfunction(one) and one.__module__ == causes.__name__
    }


def sample(maker: Callable[..., Cause]) -> Mapping[str, float | str]:
    values: dict[object, float | str] = {int: 31_000_000, float: 2.5, str: "x"}
    return {name: values[one.annotation] for name, one in inspect.signature(maker).parameters.items()}


def every_cause() -> Iterator[tuple[str, Cause]]:
    yield from constants().items()
    for name, maker in makers().items():
        yield name, maker(**sample(maker))


def test_the_table_and_the_program_name_the_same_codes() -> None:
    assert {one.code for _, one in every_cause()} == set(WORDINGS)


@pytest.mark.parametrize(("name", "one"), [*every_cause()])
def test_a_cause_is_named_after_its_code_and_both_languages_use_just_its_parameters(name: str, one: Cause) -> None:
    wording = WORDINGS[one.code]
    assert name.lower() == one.code
    assert wording.placeholders == dict(one.params).keys()
    assert Wording(zh=wording.zh, en="").placeholders == Wording(zh="", en=wording.en).placeholders


@pytest.mark.parametrize(("name", "one"), [*every_cause()])
def test_a_record_carries_the_code_the_parameters_and_the_sentence_of_the_table(name: str, one: Cause) -> None:
    reading = decode(Reading, encode(unmeasured("photo", one, media_id="c1")))
    said = why(reading)
    assert cause_of(reading) == one, name
    assert (said.en, reading.unmeasured) == (str(one), str(one))
    assert CHINESE.search(said.zh)
    assert "{" not in said.zh + said.en
    assert "“" not in said.zh or one.code == "rule_failed"


def test_every_variable_says_why_it_is_absent_by_a_cause_of_the_table() -> None:
    assert {variable.absent.code for variable in VARIABLES.values()} <= set(WORDINGS)


def test_numbers_are_written_as_people_read_them() -> None:
    one = unmeasured("photo", causes.file_too_large(31_000_000, 30_000_000))
    assert why(one) == ReasonText(
        zh="文件有 31,000,000 字节，超过了 30,000,000 字节的上限",
        en="the file has 31,000,000 bytes; at most 30,000,000 are looked at",
    )
    assert str(causes.look_too_long(0.25)) == "looking at the photo took longer than 0.25 s"


@given(st.text(), st.text())
def test_whatever_a_parameter_holds_is_taken_as_it_is_up_to_its_length(rule: str, said: str) -> None:
    one = causes.rule_failed(rule, said)
    assert all(len(str(value)) <= PARAM_AT_MOST for _, value in one.params)
    held = dict(one.params)
    assert str(one) == f"rule {held['rule']} could not be evaluated: {held['said']}"
    assert why(unmeasured("rule", one)).zh == f"规则 {held['rule']} 无法执行：“{held['said']}”"


def test_a_text_that_is_too_long_is_cut_in_the_sentence_and_in_the_parameters_alike() -> None:
    one = cause("rule_failed", rule="a", said="x" * 1_000)
    assert dict(one.params)["said"] == "x" * (PARAM_AT_MOST - 1) + "…"
    assert str(one).endswith("x…")


@pytest.mark.parametrize(
    "reading",
    [
        Reading(name="photo", unmeasured="the moon was full"),
        Reading(name="photo", unmeasured="the moon was full", unmeasured_code="moon_full"),
        Reading(name="photo", unmeasured="the moon was full", unmeasured_code="file_too_large"),
        Reading(
            name="photo",
            unmeasured="the moon was full",
            unmeasured_code="file_too_large",
            unmeasured_params={"size_bytes": 1},
        ),
    ],
    ids=["a record of before there were codes", "unknown code", "no parameters", "a parameter is missing"],
)
def test_what_this_version_has_no_words_for_is_shown_in_the_english_of_the_record(reading: Reading) -> None:
    assert why(reading) == ReasonText(zh="“the moon was full”", en="the moon was full")


def test_the_error_of_an_unreadable_medium_keeps_its_cause_on_the_way_from_a_photo_process() -> None:
    one = pickle.loads(pickle.dumps(MediaUnreadable(causes.host_busy("photos.example", 503))))  # noqa: S301 - our own bytes
    assert one.cause == causes.host_busy("photos.example", 503)
    assert str(one) == "the host photos.example did not deliver the photo: it answered with status 503"
