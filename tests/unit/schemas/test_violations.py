"""What is wrong with a message is said field by field: the field, the kind of what was given, and what is allowed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from schemas.codec import decode, encode
from schemas.errors import ContractError
from schemas.records import EvidenceGathered, RefundRequested
from schemas.records.base import Record
from schemas.violations import violations
from tests.builders import a_claim_medium, a_request
from tests.unit.schemas.examples import KINDS, examples, named
from tests.unit.schemas.strategies import records

IDENTIFIER = "an opaque identifier: 1-128 characters of A-Za-z0-9._:-"
ODD = "a line end, a blank and a character that is not ASCII among them"
MILLISECONDS = "a whole number from 946,684,800,000 to 4,133,980,799,999 (Unix milliseconds, UTC, years 2000-2100)"
OF_MSGSPEC = ("Expected `", "regex", "(?", "^[", "Object ", "Invalid enum", " - at `", "$.")
WRONG: tuple[Any, ...] = (
    None,
    True,
    -(10**13),
    10**20,
    0.5,
    "",
    "a b\n",
    "x" * 4_001,
    "\0",
    [],
    [0] * 41,
    [[]],
    {},
    {"a": 1},
)


def a_message(**changes: Any) -> Any:
    return json.loads(encode(a_request(claim_media=[a_claim_medium()]))) | changes


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"request_id": "rr/1"}, f"request_id is a text of 4 characters, in another form; it must be {IDENTIFIER}"),
        (
            {"request_id": "买家 1\n"},
            f"request_id is a text of 5 characters, {ODD}, in another form; it must be {IDENTIFIER}",
        ),
        ({"request_id": "r" * 1_300}, f"request_id is a text of 1,300 characters; it must be {IDENTIFIER}"),
        ({"person_id": 7}, f"person_id is a whole number; it must be {IDENTIFIER} or null"),
        ({"orders_30d": -1}, "orders_30d is a number below 0; it must be a whole number from 0 to 1,000,000"),
        (
            {"requested_at_ms": 1_790_000_000},
            f"requested_at_ms is a number below 946,684,800,000; it must be {MILLISECONDS}",
        ),
        ({"requested_at_ms": "2026-09-21"}, f"requested_at_ms is a text of 10 characters; it must be {MILLISECONDS}"),
        (
            {"currency": "cny"},
            "currency is a text of 3 characters, in another form; it must be an ISO 4217 code: three capital letters",
        ),
        ({"claim_media": [None]}, "claim_media[0] is null; it must be an object"),
        ({"reference_media": [{}] * 21}, "reference_media is a list of 21; it must be a list of at most 20"),
        ({"reason": "broken"}, "reason is a text of 6 characters; it must be an object"),
    ],
)
def test_a_wrong_field_is_named_with_what_was_given_and_what_is_allowed(changes: dict[str, Any], said: str) -> None:
    assert violations(RefundRequested, a_message(**changes)) == [said]


def test_a_field_that_is_missing_is_named_with_what_is_allowed() -> None:
    message = a_message()
    del message["claim_media"][0]["uri"]
    [said] = violations(RefundRequested, message)
    assert said.startswith(
        "claim_media[0].uri is missing; it must be a text of 1 to 1,024 characters (a key in the media"
    )


def test_several_wrong_fields_are_named_up_to_three() -> None:
    wrong = dict.fromkeys(("amount_minor", "order_id", "buyer_id", "request_id"))
    said = violations(RefundRequested, a_message(**wrong))
    assert [one.partition(" is ")[0] for one in said] == ["request_id", "order_id", "buyer_id"]


def test_names_of_entries_that_the_message_chose_are_not_told() -> None:
    reading = {"name": "altered", "unmeasured": "why", "unmeasured_code": "c", "unmeasured_params": {"secret": []}}
    said = "; ".join(violations(EvidenceGathered, {"readings": [reading]}))
    assert "secret" not in said


@pytest.mark.parametrize(("kind", "path"), examples("invalid"), ids=named)
def test_no_invalid_example_is_refused_in_a_library_s_words(kind: type[Record], path: Path) -> None:
    with pytest.raises(ContractError) as caught:
        decode(kind, path.read_bytes())
    assert [words for words in OF_MSGSPEC if words in str(caught.value)] == []


@pytest.mark.parametrize("kind", KINDS, ids=named)
@given(data=st.data())
@settings(max_examples=60)
def test_a_field_is_named_if_and_only_if_it_is_refused(kind: type[Record], data: st.DataObject) -> None:
    message = json.loads(encode(data.draw(records(kind))))
    assert violations(kind, message) == []
    node, key = data.draw(st.sampled_from(_places(message)))
    node[key] = data.draw(st.sampled_from(WRONG))
    raw = json.dumps(message).encode()

    try:
        msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as exc:
        together = "Expected" not in str(exc) and "missing" not in str(exc) and "enum" not in str(exc)
        assert violations(kind, message) or together
    else:
        assert violations(kind, message) == [] or "\\u0000" in raw.decode()


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_every_text_that_has_a_form_has_words_for_it(kind: type[Record]) -> None:
    unsaid = [path for path, declared, said in _texts(inspect.type_info(kind), "") if declared.pattern and not said]
    assert unsaid == []


def _texts(declared: Any, path: str, said: str | None = None) -> Iterator[tuple[str, inspect.StrType, str | None]]:
    if isinstance(declared, inspect.Metadata):
        yield from _texts(declared.type, path, (declared.extra_json_schema or {}).get("description"))
    elif isinstance(declared, inspect.StrType):
        yield path, declared, said
    elif isinstance(declared, inspect.StructType):
        for field in declared.fields:
            yield from _texts(field.type, f"{path}.{field.encode_name}")
    else:
        inner = [getattr(declared, name, None) for name in ("item_type", "key_type", "value_type")]
        for one in (*inner, *getattr(declared, "item_types", ()), *getattr(declared, "types", ())):
            if one is not None:
                yield from _texts(one, path)


def _places(node: Any) -> list[tuple[Any, Any]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, item in inner for place in [(node, key), *_places(item)]]
