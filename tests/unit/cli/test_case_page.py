"""A case on a screen: what a reviewer needs, in both languages, as wide as the screen is."""

import re
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from schemas.records import PolicyIdentity, Reading, Reason, ReasonText, RefundDecided
from streams.cases.audit import EntryContent, entry_after
from streams.cases.case import Case, CaseFile, Claim, PhotoMatch
from streams.cases.reviewing.withholding import as_shown
from streams.cli.case.page import page
from streams.cli.case.page_parts import reading_value
from streams.wording import causes
from streams.wording.cause import unmeasured
from tests.builders import AT_MS
from tests.unit.cases import cases

DIGEST = cases.DIGEST
OTHER_DIGEST = "sha256:" + "b" * 64


def a_case(**changes: Any) -> Case:
    return cases.a_case(**{"cluster_id": "c-1", "currency": "JPY"} | changes)


def a_claim(**changes: Any) -> Claim:
    given: dict[str, Any] = {
        "request_digest": DIGEST,
        "order_id": "o-991",
        "product_id": "p-88",
        "category": "ceramics",
        "kind": "refund_only",
        "amount_minor": 12_900,
        "freight_minor": 0,
        "currency": "JPY",
        "buyer_id": "b-1",
        "merchant_id": "m-1",
        "requested_at_ms": AT_MS,
    }
    return Claim(**given | changes)


def a_decision(*readings: Reading) -> RefundDecided:
    text = ReasonText(
        zh="买家照片 c1 疑似由参考图 r1 修改而来。" * 6, en="Claim photo c1 looks like an edited copy. " * 6
    )
    return RefundDecided(
        request_id="rr-1",
        request_digest=DIGEST,
        decision_id="d-1",
        verdict="REVIEW",
        score=90,
        reasons=[Reason(code="DERIVED_AND_ALTERED", text=text, readings=list(readings))],
        policy=PolicyIdentity(name="default", sha256="0" * 64),
        decided_at_ms=AT_MS,
        case_id="c-1",
        recommended=["ASK_MERCHANT", "A_CODE_OF_TOMORROW"],
    )


def a_file(**changes: Any) -> CaseFile:
    opened = entry_after(
        None, "c-1", EntryContent(at_ms=AT_MS, actor="system", action="CASE_OPENED", payload=b"{}"), b"s" * 16
    )
    given: dict[str, Any] = {
        "case": a_case(),
        "contents": (a_claim(),),
        "related": (),
        "decision": a_decision(
            Reading(name="hash_distance_bits", media_id="c1", reference_id="r1", value=12, unit="bits")
        ),
        "photo_matches": (),
        "audit": (opened,),
    }
    return CaseFile(**given | changes)


def shown(found: CaseFile, width: int = 200) -> str:
    console = Console(width=width)
    with console.capture() as caught:
        for part in page(found, "file:///kept"):
            console.print(part)
    return caught.get()


def test_what_decides_comes_first() -> None:
    top = shown(a_file()).partition("人工审核理由")[0]
    for said in ("90 / 100", "12,900 JPY", "m-1", "b-1", "o-991", "仅退款", "等待商家陈述"):
        assert said in top


def test_readings_are_named_in_both_languages_with_the_photos_they_are_of() -> None:
    (line,) = [line for line in shown(a_file()).splitlines() if "12 bits" in line]
    words = [
        "与参考图的指纹距离（256 位中）",
        "distance of the fingerprints, 0 to 256: 0 is alike",
        "c1",
        "r1",
        "12 bits",
    ]
    assert re.split(" {2,}", line.strip()) == words


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (Reading(name="same_bytes", value=False), "否 no"),
        (Reading(name="amount_minor", value=640, unit="minor units"), "640 JPY"),
        (Reading(name="inlier_coverage", value=0.2651, unit="share of area"), "26.5%"),
        (Reading(name="width_px", value=1_200, unit="px"), "1200 px"),
        (Reading(name="kind", value="refund_only"), "refund_only"),
        (Reading(name="picture_within", value="", unit="x,y,width,height in px"), "无 / none"),
        (
            unmeasured("photo", causes.FILE_EMPTY),
            "未能检查 not examined: 文件是空的 / the file is empty",
        ),
    ],
)
def test_a_value_is_written_as_people_write_it(reading: Reading, expected: str) -> None:
    assert reading_value(reading, "JPY") == expected


def test_recommendations_are_words_and_an_unknown_one_is_its_code() -> None:
    text = shown(a_file())
    assert "请商家陈述并提供打包、发货照片或视频 / Ask the merchant for a statement" in text
    assert "A_CODE_OF_TOMORROW" in text


def test_what_was_sent_under_one_id_stands_side_by_side() -> None:
    text = shown(a_file(contents=(a_claim(request_digest=OTHER_DIGEST, amount_minor=500), a_claim())))
    assert [line for line in text.splitlines() if "500 JPY" in line and OTHER_DIGEST in line]
    assert [line for line in text.splitlines() if "本案 this case" in line and DIGEST in line]


def a_match(**changes: Any) -> PhotoMatch:
    given: dict[str, Any] = {
        "media_id": "c1",
        "position": 9,
        "earlier_sighting_id": "claim:rr-0:x:c7",
        "earlier_position": 3,
        "earlier_source": "claim",
        "earlier_request_id": "rr-0",
        "earlier_media_id": "c7",
        "distance_bits": 2,
    }
    return PhotoMatch(**given | changes)


@pytest.mark.parametrize(
    ("shared", "said"), [(0.031, "altered alike: 3%"), (None, "alterations not compared")], ids=["measured", "not"]
)
def test_a_match_says_from_what_both_were_made_and_how_much_of_what_was_altered_is_alike(
    shared: float | None, said: str
) -> None:
    text = shown(a_file(photo_matches=(a_match(explained_by="r1", shared_alteration=shared),)), 200)
    assert "both made from r1" in text
    assert said in text


def test_a_match_leads_to_the_earlier_request_and_its_case() -> None:
    text = shown(a_file(photo_matches=(a_match(),), related=(a_case(case_id="c-0", request_id="rr-0"),)))
    assert [line.split() for line in text.splitlines() if "c7" in line] == [
        ["c1", "c7", "退款申请", "a", "refund", "request", "rr-0", "2"]
    ]
    assert [line for line in text.splitlines() if "c-0" in line and "rr-0" in line]


def test_a_trail_says_whether_its_chain_holds() -> None:
    found = a_file()
    assert "完整 unbroken" in shown(found)
    broken = a_file(audit=(replace(found.audit[0], actor="somebody else"),))
    assert "BROKEN from entry 1 on" in shown(as_shown(broken, senior=False))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    assert max(cell_len(line) for line in shown(a_file(), width).splitlines()) <= width


def test_nothing_in_a_case_steers_the_terminal() -> None:
    assert "\x1b" not in shown(a_file(contents=(a_claim(category="\x1b[2J"),)))
