"""The digest names a content: what means the same has one digest, whatever it looks like, and nothing else has it."""

import hashlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import decode, encode
from schemas.digest import canonical, request_digest
from schemas.generate import GENERATED, ROOT
from schemas.records import DeadLetter, LetterError, RefundRequested
from tests.builders import AT_MS, a_request
from tests.unit.schemas.examples import EXAMPLES
from tests.unit.schemas.strategies import of, records

VECTORS: list[dict[str, Any]] = json.loads((EXAMPLES / "digests.json").read_text("utf-8"))
SCHEMA: dict[str, Any] = json.loads((ROOT / GENERATED / "json" / "refund-requested.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_holds(vector: dict[str, Any]) -> None:
    record = decode(RefundRequested, json.dumps(vector["record"]).encode())
    assert (canonical(record).decode(), request_digest(record)) == (vector["canonical"], vector["digest"])


def test_the_vectors_tell_contents_apart_as_their_names_say() -> None:
    digests = [vector["digest"] for vector in VECTORS]
    assert [len(set(digests[:3])), len(set(digests[2:]))] == [1, len(digests) - 2]


@given(request=records(RefundRequested), data=st.data())
def test_the_same_content_in_another_dress_has_the_same_digest(request: RefundRequested, data: st.DataObject) -> None:
    plain = json.loads(encode(request))
    dressed = _dressed(plain, data)
    raw = json.dumps(dressed, indent=data.draw(st.sampled_from([None, 0, 3])), ensure_ascii=data.draw(st.booleans()))
    assert request_digest(decode(RefundRequested, raw.encode())) == request_digest(request)


def _dressed(node: Any, data: st.DataObject) -> Any:
    """Return the same content: keys in another order, unknown fields added, nulls left out or not."""
    if isinstance(node, list):
        return [_dressed(item, data) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _dressed(item, data) for key, item in node.items() if item is not None or data.draw(st.booleans())}
    unknown = data.draw(st.dictionaries(st.text("xyz", min_size=1).map("new_".__add__), st.integers(), max_size=2))
    return dict(data.draw(st.permutations([*kept.items(), *unknown.items()])))


@given(request=records(RefundRequested))
def test_fields_at_their_default_may_be_left_out(request: RefundRequested) -> None:
    bare = _bare(json.loads(encode(request)), SCHEMA)
    assert request_digest(decode(RefundRequested, json.dumps(bare).encode())) == request_digest(request)


@given(request=records(RefundRequested))
def test_a_platform_can_make_the_digest_from_the_published_schema_alone(request: RefundRequested) -> None:
    bare = _bare(json.loads(encode(request)) | {"unknown": 1}, SCHEMA)
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert request_digest(request) == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _bare(node: Any, schema: dict[str, Any]) -> Any:
    """Return the known fields that are neither null nor at the default that the schema tells."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(node, list):
        return [_bare(item, schema["items"]) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _bare(node[name], field)
        for name, field in schema["properties"].items()
        if name in node and node[name] is not None and node[name] != field.get("default")
    }


@pytest.mark.parametrize("name", RefundRequested.__struct_fields__)
@given(data=st.data())
@settings(max_examples=20)
def test_another_value_of_any_known_field_is_another_digest(name: str, data: st.DataObject) -> None:
    info = msgspec.inspect.type_info(RefundRequested)
    assert isinstance(info, msgspec.inspect.StructType)
    other = data.draw(of(next(field.type for field in info.fields if field.name == name)))
    request = data.draw(records(RefundRequested).filter(lambda drawn: getattr(drawn, name) != other))
    try:
        changed = msgspec.structs.replace(request, **{name: other})
    except ValueError:  # two drawn media of one id
        return
    assert request_digest(changed) != request_digest(request)


@given(one=records(RefundRequested), other=records(RefundRequested))
def test_digests_are_equal_just_when_the_records_are(one: RefundRequested, other: RefundRequested) -> None:
    assert (request_digest(one) == request_digest(other)) == (one == other)


class LaterRefundRequested(RefundRequested):
    """The record as a later version might have it."""

    gift: bool = False
    coupon: str | None = None


@given(request=records(RefundRequested))
def test_an_optional_field_added_later_changes_no_digest(request: RefundRequested) -> None:
    later = decode(LaterRefundRequested, encode(request))
    assert request_digest(later) == request_digest(request)


def test_a_later_field_that_is_used_is_another_content() -> None:
    later = decode(LaterRefundRequested, encode(a_request()))
    assert request_digest(msgspec.structs.replace(later, gift=True)) != request_digest(a_request())


def test_a_null_is_left_out_even_where_the_field_must_be_there() -> None:
    letter = DeadLetter(
        topic="t",
        partition=0,
        offset=0,
        key_base64=None,
        value_base64="",
        headers=[],
        stage="enrich",
        error=LetterError(class_="ContractError", message=""),
        attempts=1,
        first_seen_at_ms=AT_MS,
    )
    assert canonical(letter).decode() == (
        '{"attempts":1,"error":{"class":"ContractError","message":""},"first_seen_at_ms":1790000000000,"headers":[],'
        '"offset":0,"partition":0,"stage":"enrich","topic":"t","value_base64":""}'
    )


def test_the_order_of_the_photos_is_content() -> None:
    first, second = a_request().claim_media[0], msgspec.structs.replace(a_request().claim_media[0], media_id="c2")
    assert request_digest(a_request(claim_media=[first, second])) != request_digest(
        a_request(claim_media=[second, first])
    )
