"""The merchant's desk: own cases alone, what is asked until when, answers with photos, objections, appeals."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any, cast

import msgspec
import pytest
import requests

from schemas.records import Reason, RefundDecided
from streams.cases.acts import AuditAct
from streams.cases.looks import Given
from streams.clock import now_ms
from streams.policy.reasons import OF_OTHERS, OF_THE_BUYER, reasons, words
from streams.ports import Question
from streams.wording.tables import texts
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door
from tests.contract.judging import decided, some_evidence, suspecting
from tests.contract.sql import Database

PHOTO = b"\xff\xd8\xff" + b"photo" * 40
HOSTILE = "<script>alert(1)</script> \u202egnp.exe"
Opened = Callable[..., str]


@pytest.fixture
def shop(door: Door) -> Browser:
    return Browser(door).sign_in("shop", "merchant:m-1")


@pytest.fixture
def stranger(door: Door) -> Browser:
    return Browser(door).sign_in("other", "merchant:m-2")


def answer(shop: Browser, case: str, text: str, *files: tuple[str, bytes], **changes: str) -> requests.Response:
    """Send the form of a case's page with files."""
    fields = shop.hidden(f"/cases/{case}") | {"text": text} | changes
    given: list[Any] = [("files", (name, content, "image/jpeg")) for name, content in files]
    return cast(
        "requests.Response",
        shop.client.post(f"/cases/{case}/statement", data=fields, files=given, allow_redirects=False),
    )


def test_the_desk_says_what_is_asked_until_when_of_own_cases_alone(shop: Browser, stranger: Browser, case: str) -> None:
    text = shop.get(shop.get("/").headers["Location"]).text

    assert "1 case waits for your answer" in text
    assert "rr-1" in text
    assert "until " in text
    assert f"/cases/{case}#answer" in text
    assert "rr-1" not in stranger.get("/desk").text
    assert stranger.get(f"/cases/{case}").status_code == 404


def test_an_answer_takes_photos_along_once_however_often_it_is_sent(door: Door, shop: Browser, case: str) -> None:
    seen = shop.hidden(f"/cases/{case}")
    sent = [answer(shop, case, "sent whole " + HOSTILE, ("<script>.jpg", PHOTO), **seen) for _ in range(2)]

    assert [one.headers.get("Location") for one in sent] == [f"/cases/{case}?sent=words"] * 2
    actions = [one["action"] for one in door.get("auditor", f"/cases/{case}/audit").json()["entries"]]
    assert actions.count("EVIDENCE_SENT") == 1
    page = shop.get(f"/cases/{case}").text
    assert "<script>alert" not in page
    assert "sent whole" in page
    assert "1 case waits" not in shop.get("/desk").text


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"<html>no photo</html>", 422), (b"", 422)],
)
def test_a_file_that_is_no_photo_is_refused_and_the_words_are_shown(
    shop: Browser, case: str, content: bytes, status: int
) -> None:
    refused = answer(shop, case, "half an hour of work", ("a.jpg", content))

    assert refused.status_code == status
    assert "half an hour of work" in refused.text
    assert "1 case waits" in shop.get("/desk").text


def test_what_is_too_long_is_refused_and_nothing_is_taken(shop: Browser, case: str) -> None:
    assert answer(shop, case, "x" * 4_001).status_code == 422
    assert answer(shop, case, "").status_code == 422
    assert answer(shop, case, "old", ("a.jpg", PHOTO), version="99").status_code == 409
    assert "1 case waits" in shop.get("/desk").text


def test_another_merchants_case_takes_neither_words_nor_photos(shop: Browser, stranger: Browser, case: str) -> None:
    fields = {"token": stranger.hidden("/desk")["token"], "version": shop.hidden(f"/cases/{case}")["version"]}

    assert answer(stranger, case, "mine", ("a.jpg", PHOTO), **fields).status_code == 404
    assert "1 case waits" in shop.get("/desk").text


def test_an_objection_names_the_photo_and_opens_a_case(
    door: Door, shop: Browser, stranger: Browser, cleared: str
) -> None:
    assert shop.get(f"/desk?request_id={cleared}").headers["Location"] == f"/desk/requests/{cleared}"
    page = shop.get(f"/desk/requests/{cleared}").text
    assert 'name="photo" value="c1"' in page
    assert stranger.get(f"/desk/requests/{cleared}").status_code == 404
    assert stranger.get(f"/desk/requests/{cleared}/photos/0").status_code == 404

    where = f"/desk/requests/{cleared}"
    wrong = shop.send(where, f"{where}/objection", photo="c9", text="not my goods")
    assert wrong.status_code == 422
    assert "not my goods" in wrong.text
    done = shop.send(where, f"{where}/objection", photo="c1", text="not my goods " + HOSTILE)

    assert done.status_code == 303
    case = done.headers["Location"].removesuffix("?sent=objection").removeprefix("/cases/")
    entries = door.get("auditor", f"/cases/{case}/audit").json()["entries"]
    assert any('"media_id":"c1"' in (one["payload"] or "") for one in entries)
    assert 'action="/desk' not in shop.get(f"/desk/requests/{cleared}").text, "it has a case now"


def test_a_request_that_is_unknown_or_no_id_is_not_found(shop: Browser) -> None:
    assert shop.get("/desk/requests/none").status_code == 404
    for odd in ("../cases", "%3Cscript%3E", "a%20b", "x" * 200):
        answered = shop.get(f"/desk?request_id={odd}")
        assert answered.status_code == 303
        assert shop.get(answered.headers["Location"]).status_code in {303, 404, 422}


def test_the_words_of_whoever_was_signed_out_lead_back_to_the_request(shop: Browser, cleared: str) -> None:
    seen = shop.hidden(f"/desk/requests/{cleared}")
    shop.client.cookies.clear()

    answered = shop.post(f"/desk/requests/{cleared}/objection", seen | {"text": "half a thought"})

    assert f'name="next" value="/desk/requests/{cleared}"' in unescape(answered.text)
    assert "half a thought" in answered.text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Please send: a video from packing to", "send: a video from packing to", "none needed")),
        ("zh", ("请补充：从打包到发货的视频", "前补充：从打包到发货的视频", "可选")),
    ],
)
def test_what_a_reviewer_asks_a_merchant_for_is_said_until_when_and_nothing_else(
    door: Door, shop: Browser, case: str, language: str, said: tuple[str, str, str]
) -> None:
    wanted, asked, may = said
    senior = Browser(door).sign_in("zhou", "senior")
    given = {"verdict": "MORE_EVIDENCE", "rule": "DAMAGE_UNCLEAR", "heard": "yes", "rationale": "too far away"}
    senior.send(f"/cases/{case}", f"/cases/{case}/verdict", **given, asked=["DISPATCH_VIDEO", "CLOSE_UP"])
    shop.send("/desk", "/preferences", language=language)

    desk, page = (unescape(shop.get(path).text) for path in ("/desk", f"/cases/{case}"))

    assert wanted in desk
    assert asked in page
    assert may not in page, "what is asked for is needed"
    assert "zhou" not in desk + page
    assert "too far away" not in desk + page


def test_a_merchant_is_asked_for_nothing_while_the_buyer_alone_is(door: Door, shop: Browser, case: str) -> None:
    senior = Browser(door).sign_in("zhou", "senior")
    given = {"verdict": "MORE_EVIDENCE", "rule": "DAMAGE_UNCLEAR", "heard": "yes", "rationale": "too far away"}
    senior.send(f"/cases/{case}", f"/cases/{case}/verdict", **given, asked=["CLOSE_UP"])

    page = unescape(shop.get(f"/cases/{case}").text)

    assert "Nothing is asked of you now" in page
    assert "say how the goods left you" not in page


def test_a_grant_may_be_appealed_from_the_desk(door: Door, shop: Browser, case: str) -> None:
    answer(shop, case, "sent whole")
    door.uses.verdicts.give(case, _act(), _grant(), heard=True, senior=True)
    if "granted" not in shop.get("/desk").text.lower():
        door.uses.verdicts.give(case, _act("second"), _grant(), heard=True, senior=True)

    assert "may be appealed until" in shop.get("/desk").text
    assert shop.send(f"/cases/{case}", f"/cases/{case}/appeal", text="not so").status_code == 303
    assert door.get("auditor", f"/cases/{case}").json()["state"] == "MERCHANT_APPEALED"


def _act(name: str = "first") -> AuditAct:
    return AuditAct(by=name, note="a real crack", at_ms=now_ms())


def _grant() -> Given:
    return Given(verdict="GRANT", rule="DAMAGE_SHOWN")


@pytest.mark.parametrize("shops", [["m-1"], ["m-1", "m-2"], ["m-1", "m-2", "m-3"]])
def test_whoever_speaks_for_several_shops_opens_every_page_and_sees_the_cases_of_each(
    door: Door, open_case: Opened, cleared: str, shops: list[str]
) -> None:
    cases = {shop: open_case(f"rr-{shop}", merchant_id=shop) for shop in ["m-1", "m-2", "m-3", "m-4"]}
    both = Browser(door).sign_in("both", *(f"merchant:{shop}" for shop in shops))

    for path in ("/desk", "/cases", "/cases?state=all", "/cases?order=age&state=all"):
        text = both.get(path).text
        seen = [shop for shop, case in cases.items() if f"/cases/{case}" in text]
        assert seen == shops, path
        assert ("m-2</bdi>" in text) == ("m-2" in shops), path
    for case in map(cases.__getitem__, shops):
        assert both.get(f"/cases/{case}").status_code == 200
        assert answer(both, case, "sent whole").status_code == 303
    for path in (f"/desk/requests/{cleared}", f"/desk?request_id={cleared}"):
        assert both.get(path).status_code in {200, 303}
    assert [one["case_id"] for one in _listed(door, shops)] == [cases[shop] for shop in reversed(shops)]
    assert _listed(door, shops, "?merchant=m-1")[0]["case_id"] == cases["m-1"]
    assert door.call(None, "GET", "/cases?merchant=m-4", token=_key(door, shops)).status_code == 403


def test_a_search_of_a_merchants_that_finds_nothing_says_so(shop: Browser, case: str) -> None:
    assert case in shop.get("/cases?q=rr-1").text
    for asked in ("none", "m-2", "b-9", "o-none"):
        answered = shop.get(f"/cases?q={asked}")
        assert answered.status_code == 200
        assert "/cases/c-" not in answered.text


def _key(door: Door, shops: list[str]) -> str:
    return door.key(*(f"merchant:{shop}" for shop in shops))


def _listed(door: Door, shops: list[str], query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = door.call(None, "GET", f"/cases{query}", token=_key(door, shops)).json()["cases"]
    return found


def a_judge_of_every_reason(question: Question) -> RefundDecided:
    """Give every reason there is, in its fullest words, filled with the name of what they tell."""
    told = [Reason(code=code, text=words(code, lambda name: f"«{name}»")) for code in reasons().reasons]
    return msgspec.structs.replace(decided(question, review=True), reasons=told)


def test_a_merchant_learns_nothing_of_the_buyers_record_of_other_shops_or_of_limits(
    database: Database, door: Door, shop: Browser
) -> None:
    [decision] = database.decide(a_judge_of_every_reason, some_evidence(), now_ms=now_ms())
    reviewer = Browser(door).sign_in("lin", "reviewer")
    path = f"/cases/{decision.case_id}"

    mine, whole = (unescape(one.get(path).text) for one in (shop, reviewer))
    desk, queue = (unescape(one.get(where).text) for one, where in ((shop, "/desk"), (shop, "/cases")))
    by_api = {who: door.get(who, path).json()["reasons"] for who in ("merchant:m-1", "platform", "reviewer")}

    of_others = {name for name in re.findall("«(.+?)»", whole) if name.startswith(OF_OTHERS)}
    assert {"sighting.earlier_merchant_id", "sighting.earlier_request_id", "cluster.like_persons_1d"} < of_others
    assert not {name for name in re.findall("«(.+?)»", mine) if name.startswith(OF_OTHERS)}
    assert "«comparison.altered_fraction»" in mine, "what was found in the photo is told in full"
    assert set(by_api["platform"]) == set(by_api["reviewer"]) == reasons().reasons.keys()
    assert reasons().reasons.keys() - set(by_api["merchant:m-1"]) == OF_THE_BUYER
    for code in OF_THE_BUYER:
        said = words(code, lambda name: f"«{name}»").en
        assert (said in whole, said in mine) == (True, False), code
        chip = texts("pages/reasons")[code].en
        assert chip not in desk + queue, code
    assert "further reasons, which concern the buyer alone" in mine
    assert "concern the buyer alone" not in whole


@pytest.mark.parametrize("code", sorted(OF_THE_BUYER))
def test_a_case_whose_only_reason_is_the_buyers_record_is_shown_without_it(
    door: Door, database: Database, shop: Browser, code: str
) -> None:
    [decision] = database.decide(suspecting("rr-1", reason=code), some_evidence(), now_ms=now_ms())
    path = f"/cases/{decision.case_id}"

    page = shop.get(path)

    assert page.status_code == 200
    assert "The reasons concern the buyer alone" in page.text
    assert "used before" not in page.text, "the words that the judge of tests gives"
    assert door.get("merchant:m-1", path).json()["reasons"] == []
    assert "rr-1" in shop.get("/desk").text
