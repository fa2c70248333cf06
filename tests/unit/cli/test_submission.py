"""A file of records is read whole before any of it is sent."""

import io
import json
from pathlib import Path

import pytest

from schemas.codec import encode
from schemas.digest import request_digest
from schemas.topics import BY_NAME, REQUESTS
from streams.cli.submission import BadLine, Line, lines
from tests.builders import a_request
from tests.command_line import run

NOWHERE = {"broker": "kafka://127.0.0.1:1"}


def read(content: bytes, topic: str = REQUESTS.name) -> list[Line | BadLine]:
    return list(lines(io.BytesIO(content), BY_NAME[topic]))


def test_lines_come_in_order_with_their_bytes_and_numbers() -> None:
    first, second = encode(a_request("rr-1")), encode(a_request("rr-2", buyer_id="b-2"))
    assert read(first + b"\n\n  " + second + b"\r\n") == [
        Line(1, first, a_request("rr-1")),
        Line(3, second, a_request("rr-2", buyer_id="b-2")),
    ]


def test_a_line_has_the_key_and_identity_that_the_contract_gives() -> None:
    request = a_request(buyer_id="b-7")
    (line,) = read(encode(request))
    assert isinstance(line, Line)
    assert line.key(REQUESTS) == b"b-7"
    assert line.identity() == ("rr-1", request_digest(request))


def test_a_photo_of_the_catalogue_goes_by_its_merchant_and_is_not_decided_on() -> None:
    photo = {
        "photo_id": "p",
        "merchant_id": "m-5",
        "product_id": "p-8",
        "uri": "a.jpg",
        "registered_at_ms": 1_780_000_000_000,
    }
    (line,) = read(json.dumps(photo).encode(), "catalogue.photos.v1")
    assert isinstance(line, Line)
    assert (line.key(BY_NAME["catalogue.photos.v1"]), line.identity()) == (b"m-5", None)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"not json", "JSON is malformed"),
        (encode(a_request()).replace(b'"amount_minor":12900', b'"amount_minor":-1'), "amount_minor"),
        (encode(a_request()).replace(b'"currency":"CNY",', b""), "currency"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_a_bad_line_says_where_it_is_and_which_field(line: bytes, why: str) -> None:
    good = encode(a_request())
    found = read(good + b"\n" + line + b"\n" + good)
    assert [type(each) for each in found] == [Line, BadLine, Line]
    (bad,) = (each for each in found if isinstance(each, BadLine))
    assert bad.number == 2
    assert why in bad.why


def test_nothing_is_sent_while_a_line_is_bad(tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    file.write_bytes(encode(a_request()) + b"\n" + encode(a_request()).replace(b"request_id", b"id") + b"\n")
    done = run("submit", str(file), settings=NOWHERE)
    assert done.status == 1
    identifier = "an opaque identifier: 1-128 characters of A-Za-z0-9._:-"
    assert done.error.splitlines() == [
        f"line 2: not a valid RefundRequested: request_id is missing; it must be {identifier}",
        "refund-sentinel: 1 of 2 lines break the contract: nothing was sent; mend them or give --skip-invalid",
    ]


def test_a_missing_file_is_one_line() -> None:
    done = run("submit", "nowhere.jsonl", settings=NOWHERE)
    assert (done.status, done.error) == (1, "refund-sentinel: nowhere.jsonl: No such file or directory\n")


def test_only_requests_can_be_waited_for() -> None:
    done = run("submit", "-", "--topic", "refund.outcomes.v1", "--wait", "1", settings=NOWHERE)
    assert (done.status, "--wait" in done.error, done.error.count("\n")) == (2, True, 1)
