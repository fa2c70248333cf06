"""What the examples promise to a platform: the codec and the published JSON Schema say the same of each of them."""

import json
from pathlib import Path

import jsonschema
import pytest

from schemas.codec import decode, encode
from schemas.errors import ContractError
from schemas.records.base import Record
from tests.unit.schemas.examples import EXAMPLES, KINDS, examples, named, validator

BEYOND_JSON_SCHEMA = {
    # no JSON value at all, or not the only one that a reader may see
    *("not-json", "empty", "cut-in-the-middle", "two-objects", "bytes-after-the-object", "byte-order-mark", "utf-16"),
    *("not-utf-8-in-text", "not-utf-8-in-an-unknown-field", "key-twice", "amount-nan", "amount-infinite"),
    *("amount-of-5000-digits", "lone-surrogate-escaped", "lone-surrogate-in-raw-bytes", "nested-beyond-any-stack"),
    # about the whole message, unknown fields included
    *("longer-than-256-kib", "nested-too-deeply", "nul-in-an-unknown-field"),
    # JSON Schema knows no difference between 12900 and 12900.0
    *("amount-written-as-float", "amount-written-with-exponent"),
    # about several fields at once
    *("claim-media-id-twice", "reference-media-id-twice", "review-without-case", "clear-with-case"),
    *("review-without-reason", "decided-without-verdict", "expires-before-it-is-issued"),
    *("reading-with-value-and-unmeasured", "reading-with-neither-value-nor-unmeasured"),
    *("measured-reading-with-a-code-of-why-it-is-not", "follow-up-without-its-case"),
}


@pytest.mark.parametrize(("kind", "path"), examples("valid"), ids=named)
def test_a_valid_example_is_read_and_written_back_as_the_same_record(kind: type[Record], path: Path) -> None:
    record = decode(kind, path.read_bytes())
    assert decode(kind, encode(record)) == record


@pytest.mark.parametrize(("kind", "path"), examples("valid"), ids=named)
def test_a_valid_example_and_what_we_write_of_it_keep_the_json_schema(kind: type[Record], path: Path) -> None:
    validator(kind).validate(json.loads(path.read_bytes()))
    validator(kind).validate(json.loads(encode(decode(kind, path.read_bytes()))))


@pytest.mark.parametrize(("kind", "path"), examples("invalid"), ids=named)
def test_an_invalid_example_breaks_the_contract(kind: type[Record], path: Path) -> None:
    with pytest.raises(ContractError):
        decode(kind, path.read_bytes())


@pytest.mark.parametrize(
    ("kind", "path"),
    [example for example in examples("invalid") if example[1].stem not in BEYOND_JSON_SCHEMA],
    ids=named,
)
def test_an_invalid_example_breaks_the_json_schema_too(kind: type[Record], path: Path) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator(kind).validate(json.loads(path.read_bytes()))


@pytest.mark.parametrize(
    ("kind", "path"),
    [example for example in examples("invalid") if example[1].stem in BEYOND_JSON_SCHEMA],
    ids=named,
)
def test_what_is_said_to_be_beyond_json_schema_is(kind: type[Record], path: Path) -> None:
    assert not _is_json(path.read_bytes()) or validator(kind).is_valid(json.loads(path.read_bytes()))


def _is_json(raw: bytes) -> bool:
    try:
        json.loads(raw.decode(), parse_constant=int)
    except (ValueError, RecursionError):
        return False
    return True


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_every_record_has_valid_and_invalid_examples(kind: type[Record]) -> None:
    found = [{path.stem for one, path in examples(which) if one is kind} for which in ("valid", "invalid")]
    assert (len(found[0]) >= 2, len(found[1]) >= 6) == (True, True)


def test_no_example_lies_where_nobody_looks() -> None:
    looked_at = {path for which in ("valid", "invalid") for _, path in examples(which)}
    assert set(EXAMPLES.rglob("*.json")) - looked_at == {EXAMPLES / "digests.json"}


def test_every_exception_from_json_schema_still_has_its_example() -> None:
    assert {path.stem for _, path in examples("invalid")} >= BEYOND_JSON_SCHEMA
