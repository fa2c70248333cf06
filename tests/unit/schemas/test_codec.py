"""Records survive the way through a topic, and nothing that breaks the contract gets past the codec."""

import gzip
import json
import traceback
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.codec import decode, encode
from schemas.errors import ContractError
from schemas.legible import TEXT_CHARACTERS, legible
from schemas.records import EvidenceGathered, ProvenanceFinding, Reading, RefundRequested
from schemas.records.base import Record
from tests.builders import a_medium_evidence, a_request, an_evidence
from tests.unit.schemas.examples import KINDS, named, validator
from tests.unit.schemas.strategies import records

VALID = encode(a_request())
TEXT = "free text without NUL, at most 4,000 characters"
MONEY = "a whole number from 0 to 1,000,000,000,000 (money in the smallest unit of its currency)"


def refusal(raw: bytes | None, kind: type[Record] = RefundRequested) -> str:
    with pytest.raises(ContractError) as caught:
        decode(kind, raw)
    return str(caught.value)


def changed(**fields: Any) -> bytes:
    return json.dumps(json.loads(VALID) | fields, ensure_ascii=False).encode()


@given(
    place=st.integers(1, len(VALID.decode())),
    wrong=st.sampled_from([b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xf8"]),
    raw=st.sampled_from([VALID, VALID[:-1], VALID[:-1] + b',"more":[1,{}]}', changed(amount_minor=-1)]),
)
def test_what_is_no_text_is_said_wherever_it_stands_and_whatever_else_is_wrong(
    place: int, wrong: bytes, raw: bytes
) -> None:
    before, after = raw.decode()[:place].encode(), raw.decode()[place:].encode()
    assert refusal(before + wrong + after).endswith(f"not UTF-8 at byte {len(before)}")


def with_text(escaped: bytes) -> bytes:
    return VALID.replace("杯子裂了".encode(), escaped)


@pytest.mark.parametrize("kind", KINDS, ids=named)
@given(data=st.data())
@settings(max_examples=60)
def test_what_is_written_is_read_back_as_the_same_record(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))
    assert decode(kind, encode(record)) == record


@pytest.mark.parametrize("kind", KINDS, ids=named)
@given(data=st.data())
@settings(max_examples=30)
def test_what_is_written_keeps_the_published_json_schema(kind: type[Record], data: st.DataObject) -> None:
    validator(kind).validate(json.loads(encode(data.draw(records(kind)))))


def test_a_message_says_what_is_wrong_and_where() -> None:
    assert [
        refusal(None),
        refusal(b""),
        refusal(b"null"),
        refusal(changed(amount_minor=-1)),
        refusal(changed(kind="gift")),
        refusal(with_text(b"\xff")),
        refusal(with_text(b"\\u0000")),
        refusal(changed(extra="\x00")),
        refusal(VALID.replace(b'"buyer_id"', b'"extra":1,"extra":2,"buyer_id"')),
    ] == [
        "the message is empty: send the record as a JSON object",
        "the message is empty: send the record as a JSON object",
        "not a valid RefundRequested: the message is null; it must be an object",
        f"not a valid RefundRequested: amount_minor is a number below 0; it must be {MONEY}",
        "not a valid RefundRequested: kind is a text of 4 characters; it must be one of refund_only, return_and_refund",
        f"not a valid RefundRequested: not UTF-8 at byte {VALID.index('杯'.encode())}",
        f"not a valid RefundRequested: reason.text is a text of 1 character, a NUL among them; it must be {TEXT}",
        "not a valid RefundRequested: text holds no NUL, in unknown fields neither",
        "not a valid RefundRequested: a key stands twice in one object",
    ]


def test_a_backslash_before_u0000_is_no_nul() -> None:
    assert decode(RefundRequested, with_text(rb"a\\u0000b")).reason.text == r"a\u0000b"


@pytest.mark.parametrize("pair", [b"\\ud83d\\ude2d", "😭".encode()])
def test_a_whole_surrogate_pair_is_one_character(pair: bytes) -> None:
    assert decode(RefundRequested, with_text(pair)).reason.text == "😭"


@pytest.mark.parametrize("half", [b"\\ud83d", b"\\ude2d", b"\\ud83d\\ud83d", b"\\ude2d\\ud83d", b"\xed\xa0\xbd"])
def test_half_a_surrogate_pair_is_refused_wherever_it_stands(half: bytes) -> None:
    refusal(with_text(half))
    refusal(VALID.replace(b'"buyer_id"', b'"extra":"' + half + b'","buyer_id"'))
    refusal(VALID.replace(b'"buyer_id"', b'"' + half + b'":1,"buyer_id"'))


@pytest.mark.parametrize("depth", [33, 500, 5_000, 100_000])
@pytest.mark.parametrize("brackets", [(b"[", b"]"), (b'{"a":', b"}")], ids=["lists", "objects"])
def test_nesting_ends_in_a_refusal_however_deep_it_is(depth: int, brackets: tuple[bytes, bytes]) -> None:
    opened, closed = brackets
    deep = opened * depth + b"1" + closed * depth
    refusal(deep[: RefundRequested.max_bytes])
    refusal(VALID.replace(b'"buyer_id"', b'"extra":' + deep + b',"buyer_id"'))


def test_unknown_fields_may_be_nested_within_reason() -> None:
    nested = VALID.replace(b'"buyer_id"', b'"extra":' + b"[" * 31 + b"]" * 31 + b',"buyer_id"')
    assert decode(RefundRequested, nested) == a_request()


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e400", b"9" * 5_000, b"1" + b"0" * 200_000])
def test_a_number_beyond_all_bounds_is_refused(number: bytes) -> None:
    refusal(VALID.replace(b"12900", number))


@pytest.mark.parametrize("number", [b"9" * 5_000, b"1e400", b"-1e-400"])
def test_a_number_in_an_unknown_field_is_not_looked_at(number: bytes) -> None:
    assert decode(RefundRequested, VALID.replace(b'"buyer_id"', b'"x":' + number + b',"buyer_id"')) == a_request()


def test_a_message_may_be_as_long_as_its_limit_and_not_a_byte_longer() -> None:
    longest = VALID + b" " * (RefundRequested.max_bytes - len(VALID))
    assert decode(RefundRequested, longest) == a_request()
    assert refusal(longest + b" ") == "the message has 262145 bytes, more than the 262144 that the contract allows"


def test_evidence_may_be_a_mebibyte() -> None:
    evidence = encode(an_evidence())
    longest = evidence + b" " * (1024 * 1024 - len(evidence))
    assert decode(EvidenceGathered, longest) == an_evidence()
    refusal(longest + b" ", EvidenceGathered)


@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_bytes_come_the_codec_answers_with_a_refusal(raw: bytes) -> None:
    refusal(raw)


@pytest.mark.parametrize("kind", KINDS, ids=named)
@given(data=st.data())
@settings(max_examples=60)
def test_a_damaged_message_is_a_record_or_a_refusal_and_nothing_else(kind: type[Record], data: st.DataObject) -> None:
    raw = bytearray(encode(data.draw(records(kind))))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 4))] = data.draw(
            st.sampled_from([b"", b'"', b"\\", b"\\ud800", b"\xff", b"\x00", b"[", b"}", b"-", b"1e999", b"null", b","])
        )
    try:
        record = decode(kind, bytes(raw))
    except ContractError:
        return
    assert decode(kind, encode(record)) == record


SECRET = "s3cr3t-9f2"  # noqa: S105 - a marker to look for, no password


@pytest.mark.parametrize("kind", KINDS, ids=named)
@given(data=st.data())
@settings(max_examples=60)
def test_a_refusal_quotes_nothing_of_the_message(kind: type[Record], data: st.DataObject) -> None:
    message = json.loads(encode(data.draw(records(kind))))
    node, key = data.draw(st.sampled_from(_places(message)))
    node[key] = data.draw(st.sampled_from([SECRET, f"{SECRET} - at `$.{SECRET}`", {SECRET: SECRET}, [SECRET] * 50]))
    assert SECRET not in _said_of(kind, json.dumps(message).encode())


@example(broken=b'{"' + SECRET.encode())
@example(broken=b'{"a":"' + SECRET.encode() + b'\xff"}')
@example(broken=b'{"request_id":1,"' + SECRET.encode() + b'":tru}')
@given(broken=st.binary(max_size=30).map(lambda raw: VALID[:60] + SECRET.encode() + raw))
def test_malformed_json_is_not_quoted_either(broken: bytes) -> None:
    assert SECRET not in refusal(broken)


def _said_of(kind: type[Record], raw: bytes) -> str:
    try:
        decode(kind, raw)
    except ContractError as exc:
        return "".join(traceback.format_exception(exc))
    return ""


def _places(node: Any) -> list[tuple[Any, Any]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, item in inner for place in [(node, key), *_places(item)]]


@pytest.mark.parametrize(
    "broken",
    [
        a_request(request_id="rr 1"),
        a_request(amount_minor=-1),
        a_request(category="\ud800"),
        a_request(currency="CNY\n"),
        a_request(amount_minor=10**400),
        an_evidence(
            media=[a_medium_evidence(provenance=[ProvenanceFinding(kind="exif", state="present", detail="\0")])]
        ),
        an_evidence(readings=[Reading(name="x", value=2**53 + 1)]),
        an_evidence(readings=[Reading(name="x", value=1, unit="\0")]),
    ],
)
def test_a_record_that_breaks_its_own_contract_is_never_written(broken: Record) -> None:
    with pytest.raises(ContractError):
        encode(broken)


class Share(Record):
    """A record with a number."""

    share: float


@pytest.mark.parametrize(("number", "written"), [(np.float64(0.5), 0.5), (np.float32(0.5), 0.5), (np.int64(3), 3)])
def test_a_number_of_numpy_is_written_as_the_number_that_it_means(number: float, written: float) -> None:
    assert decode(Share, encode(Share(share=number))) == Share(share=written)


def test_what_has_no_meaning_in_json_is_not_written() -> None:
    with pytest.raises(ContractError):
        encode(Share(share=np.zeros(3)))  # type: ignore[arg-type] # that is the point


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_reading_without_a_finite_value_cannot_be_made(value: float) -> None:
    with pytest.raises(ValueError, match="say why it is unmeasured"):
        Reading(name="sharpness", value=value)


@given(found=st.text(st.characters(), max_size=50))
def test_any_text_can_be_made_legible(found: str) -> None:
    detail = legible(found)
    assert decode(RefundRequested, encode(a_request(reason=_stated(detail)))).reason.text == detail


@given(found=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=50))
def test_legible_text_stays_as_it_is(found: str) -> None:
    assert legible(found) == found


def test_legible_text_is_cut_and_says_where_something_was() -> None:
    assert legible("a\0b\ud800c") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"
    assert legible("裂" * 5_000) == "裂" * TEXT_CHARACTERS
    assert legible("Label 1", 5) == "Label"


def _stated(text: str) -> Any:
    return msgspec.structs.replace(a_request().reason, text=text)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"\xef\xbb\xbf" + VALID, "begins with a byte order mark: send UTF-8 without one"),
        (VALID.decode().encode("utf-16-le"), "every other byte is zero, as in UTF-16"),
        (VALID.decode().encode("utf-16-be"), "every other byte is zero, as in UTF-16"),
        (b"\x00\x00\x00\x00\x07" + VALID, "five bytes of a schema registry stand before the JSON: send the JSON alone"),
        (gzip.compress(VALID), "the value itself is packed with gzip: send JSON"),
        (b"\x28\xb5\x2f\xfd" + VALID, "the value itself is packed with zstd: send JSON"),
        (VALID[:-1], "JSON is malformed: it breaks off"),
        (VALID[:-1] + b',"extra":"\\ud800"}', "text with a lone surrogate"),
    ],
)
def test_a_message_in_another_code_or_cut_says_so(raw: bytes, says: str) -> None:
    with pytest.raises(ContractError, match=says):
        decode(RefundRequested, raw)
