"""The page of a case, and what people do on it: by forms, without script, as each role may."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from structlog.testing import capture_logs

from schemas.records import RefundDecided, StatedReason
from streams.cases.acts import AuditAct
from streams.cases.sent_evidence import SentMedium
from streams.casework.photos.pictures import CasePictures, PlayedVideo
from streams.clock import now_ms
from streams.errors import MediaUnreadable
from streams.policy.question import Question
from streams.wording import causes
from tests.builders import a_claim_medium, a_medium_evidence, a_request, an_evidence, with_changes
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door
from tests.contract.console.states import heard, taken
from tests.contract.judging import decided, some_evidence, suspecting
from tests.contract.sql import Database

GRANT = {"verdict": "GRANT", "rule": "DAMAGE_SHOWN", "heard": "yes"}
VERDICT_FORM = "data-verdict "
Opened = Callable[..., str]


@pytest.fixture
def deciding(engine: Engine, tmp_path: Path) -> Callable[[float], Door]:
    """A console that sends this share of cases to a second reviewer."""

    def made(share: float) -> Door:
        file = tmp_path / "procedure.yaml"
        file.write_text(f"second_review_share: {share}\n")
        return Door(engine, procedure=file)

    return made


@contextmanager
def told_to(engine: Engine) -> Iterator[list[str]]:
    """Give the statements that the database is given meanwhile."""
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            told.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", note)


def verdicts_of(door: Door, case: str) -> list[str]:
    entries = door.get("auditor", f"/cases/{case}/audit").json()["entries"]
    return [one["action"] for one in entries if one["action"] in {"GRANTED", "REFUSED", "VERDICT_KEPT"}]


def test_the_page_says_why_in_the_persons_language_and_shows_the_photo(door: Door, case: str) -> None:
    browser = Browser(door).sign_in("lin", "reviewer")

    english = browser.get(f"/cases/{case}").text
    browser.send("/cases", "/preferences", language="zh")
    chinese = browser.get(f"/cases/{case}").text

    assert "used before" in english
    assert "人工审核理由" in chinese
    assert f"/photos/{case}/c0/screen" in english
    assert "b-1" not in english, "whoever decides a case does not see whose claim it is"


def test_the_page_says_what_the_buyer_says_and_how_the_photo_was_taken(database: Database, door: Door) -> None:
    medium = a_claim_medium("c1", capture_source="live_camera")
    request = a_request("rr-1", claim_media=[medium], reason=StatedReason(code="DAMAGED", text="收到就裂了 <b>"))
    [decision] = database.decide(
        suspecting("rr-1"),
        an_evidence(request, media=[a_medium_evidence("c1"), a_medium_evidence("r1", role="reference")]),
        now_ms=now_ms(),
    )

    for name, role in (("lin", "reviewer"), ("shop", f"merchant:{request.merchant_id}")):
        text = Browser(door).sign_in(name, role).get(f"/cases/{decision.case_id}").text
        assert "收到就裂了 &lt;b&gt;" in text
        assert "taken in the app" in text


def test_the_page_reads_a_case_once_and_writes_nothing(door: Door, case: str, engine: Engine) -> None:
    browser = Browser(door).sign_in("lin", "reviewer")
    browser.get(f"/cases/{case}")

    with told_to(engine) as told:
        assert browser.get(f"/cases/{case}").status_code == 200

    own = [one for one in told if " FROM cases" in " ".join(one.split()) and "GROUP BY" not in one]
    assert len(own) <= 3, "the case itself, those around it, and whose key its trail is under"
    assert len(told) <= 17
    assert [one for one in told if one.startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_a_verdict_is_given_once_however_often_its_form_is_sent(deciding: Callable[[float], Door], case: str) -> None:
    door = deciding(0)
    browser = Browser(door).sign_in("lin", "senior")
    seen = browser.hidden(f"/cases/{case}")

    first = browser.post(f"/cases/{case}/verdict", seen | GRANT | {"rationale": "a real crack"})
    again = browser.post(f"/cases/{case}/verdict", seen | GRANT | {"rationale": "a real crack"})

    assert (first.status_code, first.headers["Location"]) == (303, f"/cases/{case}?done={case}")
    assert (again.status_code, again.headers["Location"]) == (303, f"/cases/{case}?done={case}")
    assert verdicts_of(door, case) == ["GRANTED"]
    assert 'name="rationale"' not in browser.get(f"/cases/{case}").text


def test_the_form_of_a_page_that_is_old_is_refused_and_what_was_written_is_shown(
    deciding: Callable[[float], Door], case: str
) -> None:
    door = deciding(0)
    browser, other = Browser(door).sign_in("lin", "senior"), Browser(door).sign_in("chen", "senior")
    old = other.hidden(f"/cases/{case}")
    browser.send(f"/cases/{case}", f"/cases/{case}/verdict", **GRANT, rationale="mine")

    late = other.post(f"/cases/{case}/verdict", old | GRANT | {"rationale": "hours <b>of work</b>"})

    assert late.status_code == 409
    assert "hours &lt;b&gt;of work&lt;/b&gt;" in late.text
    assert verdicts_of(door, case) == ["GRANTED"]


def test_a_reviewer_is_offered_a_verdict_on_what_the_system_gave_them_and_on_nothing_else(
    door: Door, database: Database, case: str
) -> None:
    heard(database, "rr-1")
    lin, senior = Browser(door).sign_in("lin.wei", "reviewer"), Browser(door).sign_in("wu", "senior")
    picked = lin.send("/cases", f"/cases/{case}/verdict", **GRANT, rationale="mine")

    assert picked.status_code == 409
    assert "the system hands cases out" in unescape(picked.text)
    assert [VERDICT_FORM in each.get(f"/cases/{case}").text for each in (lin, senior)] == [False, True]
    assert "The system hands cases out" in lin.get(f"/cases/{case}").text
    lin.send("/cases", "/next")
    assert [VERDICT_FORM in each.get(f"/cases/{case}").text for each in (lin, senior)] == [True, False]


def test_no_rationale_is_ready_that_the_case_does_not_bear_out(door: Door, case: str) -> None:
    page = Browser(door).sign_in("zhou", "senior").get(f"/cases/{case}").text

    ready = dict(re.findall(r'name="verdict" value="(\w+)"[^>]* data-template="([^"]*)"', page))
    assert not ready["FORGERY_CONFIRMED"], "no place is marked as different"
    assert ready["MORE_EVIDENCE"]


def test_a_second_reviewer_sees_nothing_of_the_first_verdict(deciding: Callable[[float], Door], case: str) -> None:
    door = deciding(1)
    first, second = Browser(door).sign_in("lin.first", "senior"), Browser(door).sign_in("chen", "reviewer")
    sent = first.send(f"/cases/{case}", f"/cases/{case}/verdict", **GRANT, rationale="the crack is real")
    assert sent.status_code == 303

    for path in (f"/cases/{case}", "/cases", "/cases?q=rr-1"):
        text = unescape(second.get(path).text)
        assert "lin.first" not in text
        assert "the crack is real" not in text
        assert "DAMAGE_SHOWN" not in text.replace('value="DAMAGE_SHOWN"', "").replace('rule="DAMAGE_SHOWN"', "")
        assert "refund granted" not in text


def test_a_merchant_is_told_until_when_and_answers(door: Door, case: str) -> None:
    shop = Browser(door).sign_in("shop", "merchant:m-1")
    assert "say how the goods left you" in shop.get(f"/cases/{case}").text

    sent = shop.send(f"/cases/{case}", f"/cases/{case}/statement", text="sent whole")

    assert sent.status_code == 303
    assert "sent whole" in shop.get(f"/cases/{case}").text
    assert door.get("auditor", f"/cases/{case}").json()["state"] == "READY"


def test_hostile_text_stays_text(door: Door, case: str) -> None:
    shop = Browser(door).sign_in("shop", "merchant:m-1")
    hostile = "<script>alert(1)</script> \u202egnp.exe \" onload='x' {{ 7*7 }}"
    shop.send(f"/cases/{case}", f"/cases/{case}/statement", text=hostile)

    text = Browser(door).sign_in("lin", "reviewer").get(f"/cases/{case}").text

    assert "<script>alert" not in text
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt; \u202egnp.exe" in text
    assert "{{ 7*7 }}" in text


def test_next_leads_to_a_case_and_says_so_when_there_is_none(door: Door, case: str) -> None:
    reviewer = Browser(door).sign_in("lin", "reviewer")
    none = reviewer.send("/cases", "/next")
    assert "There is no case for you" in reviewer.get(none.headers["Location"]).text

    shop = Browser(door).sign_in("shop", "merchant:m-1")
    shop.send(f"/cases/{case}", f"/cases/{case}/statement", text="sent whole")

    assert reviewer.send("/cases", "/next").headers["Location"] == f"/cases/{case}"
    assert "/draft" in reviewer.get(f"/cases/{case}").text


def test_whoever_asks_for_the_next_case_with_a_verdict_is_led_there_and_told(
    deciding: Callable[[float], Door], open_case: Opened
) -> None:
    door = deciding(0)
    first, second = open_case("rr-1"), open_case("rr-2")
    shop = Browser(door).sign_in("shop", "merchant:m-1")
    for case in (first, second):
        shop.send(f"/cases/{case}", f"/cases/{case}/statement", text="sent whole")
    reviewer = Browser(door).sign_in("lin", "reviewer")
    given = GRANT | {"rationale": "a real crack", "then": "next"}
    at = reviewer.send("/cases", "/next").headers["Location"].removeprefix("/cases/")
    other = ({first, second} - {at}).pop()
    seen = reviewer.hidden(f"/cases/{at}")

    answers = [reviewer.post(f"/cases/{at}/verdict", seen | given) for _ in range(2)]

    assert [one.headers["Location"] for one in answers] == [f"/cases/{other}?done={at}"] * 2, "a double click too"
    assert f'href="/cases/{at}"' in reviewer.get(answers[0].headers["Location"]).text
    last = reviewer.send(f"/cases/{other}", f"/cases/{other}/verdict", **given)
    assert last.headers["Location"] == f"/cases?empty=true&done={other}"
    refused = reviewer.send(f"/cases/{other}", f"/cases/{other}/verdict", **given)
    assert refused.status_code == 409, "what was not decided leads nowhere"


def test_a_case_in_hand_is_handed_over_to_somebody_from_a_list(
    door: Door, database: Database, open_case: Opened
) -> None:
    open_case("rr-1")
    taken(database, "rr-1")
    lin = Browser(door).sign_in("lin.wei", "reviewer")
    case = lin.send("/cases", "/next").headers["Location"]
    alone = unescape(lin.get(case).text)
    Browser(door).sign_in("wu", "auditor")
    Browser(door).sign_in("an", "reviewer")
    Browser(door).sign_in("sun", "senior").send("/cases", "/next")

    offered = re.findall(
        r'<(?:option|optgroup) (?:value|label)="([^"]+)"', lin.get(case).text.partition('name="to"')[2]
    )
    [form] = re.findall(r'action="(/work/[^"]+/hand-over)"', lin.get(case).text)
    done = lin.send(case, form, to="an", text="knows pots")

    assert "Nobody else may take this case" in alone
    assert 'name="to"' not in alone
    assert offered == ["At work now", "sun", "Not at work now", "an"]
    assert done.status_code == 303
    shop = Browser(door).sign_in("shop", "merchant:m-1").get(case).text
    assert not [name for name in ("sun", '"an"', "lin.wei") if name in shop], "parties never learn who reviews"


def test_a_page_that_found_no_case_asks_again_and_learns_of_one_alone(
    deciding: Callable[[float], Door], open_case: Opened
) -> None:
    door = deciding(0)
    reviewer = Browser(door).sign_in("lin", "reviewer")
    again = {"Sentinel-Unasked": "1"}
    form = reviewer.hidden("/cases?empty=true")

    none = reviewer.post("/next", form, headers=again)
    case = open_case("rr-1")
    Browser(door).sign_in("shop", "merchant:m-1").send(f"/cases/{case}", f"/cases/{case}/statement", text="sent whole")
    found = reviewer.post("/next", form, headers=again)

    assert "data-ask-again" in reviewer.get("/cases?empty=true").text
    assert (none.status_code, found.status_code, found.headers["Location"]) == (204, 303, f"/cases/{case}")


def test_the_trail_tells_what_was_asked_for_and_by_which_rule_in_words(
    deciding: Callable[[float], Door], case: str
) -> None:
    senior, path = Browser(deciding(0)).sign_in("wu", "senior"), f"/cases/{case}"
    ask = {"verdict": "MORE_EVIDENCE", "rule": "DAMAGE_UNCLEAR", "heard": "yes", "rationale": "too far away"}

    sent = senior.send(path, f"{path}/verdict", **ask, asked=["PAPER_CODE", "DISPATCH_VIDEO"])

    assert sent.status_code == 303
    trail = unescape(senior.get(path).text).partition('class="trail"')[2].partition("</ol>")[0]
    assert re.search(r"the given code is written by hand \(\w{6}\); a video from packing to dispatch", trail)
    assert "the photos do not show enough to tell" in trail
    assert re.search("PAPER_CODE|DAMAGE_UNCLEAR", trail) is None


def test_a_draft_is_kept_and_there_again(door: Door, case: str) -> None:
    shop = Browser(door).sign_in("shop", "merchant:m-1")
    shop.send(f"/cases/{case}", f"/cases/{case}/statement", text="sent whole")
    reviewer = Browser(door).sign_in("lin", "reviewer")
    reviewer.send("/cases", "/next")
    assignment = door.uses.assignments.in_hand("lin")[0].assignment_id

    kept = reviewer.send(f"/cases/{case}", f"/work/{assignment}/draft", rationale="half a thought")

    assert kept.status_code == 204
    assert "half a thought" in reviewer.get(f"/cases/{case}").text


def test_a_role_that_is_taken_away_ends_what_it_could_do_at_once(door: Door, case: str, engine: Engine) -> None:
    browser = Browser(door).sign_in("lin", "senior")
    seen = browser.hidden(f"/cases/{case}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE accounts SET scopes = 'auditor' WHERE name = 'lin'")

    assert browser.post(f"/cases/{case}/verdict", seen | GRANT | {"rationale": "x"}).status_code == 403
    assert 'name="rationale"' not in browser.get(f"/cases/{case}").text


class Drawn:
    """Draws nothing but what was asked for, or nothing at all."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken

    async def bytes_of(self, pointer: str) -> str:
        assert pointer.startswith("requests/")
        return "0" * 64

    async def video(self, sha256: str) -> PlayedVideo:
        return PlayedVideo("video/mp4", 4, lambda start, end: sha256.encode()[start:end])

    async def picture(self, view: str, sha256: str, beside: str | None = None) -> bytes:
        if self.broken:
            raise MediaUnreadable(causes.PICTURE_DAMAGED)
        return json.dumps([view, sha256, beside]).encode()

    async def start(self) -> None:
        """Nothing has to run."""

    def stop(self) -> None:
        """Nothing runs."""


@pytest.fixture
def drawing(door: Door) -> Door:
    judged = door.uses.pictures._judged
    door.app.state.uses = replace(door.uses, pictures=CasePictures(judged, Drawn()))
    return door


def test_a_photo_is_shown_to_whoever_may_see_its_case_and_is_not_there_for_others(drawing: Door, case: str) -> None:
    own, other = Browser(drawing).sign_in("a", "merchant:m-1"), Browser(drawing).sign_in("b", "merchant:m-2")
    address = f"/photos/{case}/c0/thumb"

    shown = own.get(address)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert json.loads(shown.content)[0] == "thumb"
    with capture_logs() as logged:
        assert other.get(address).status_code == 404
    guess = "a photo was asked for that is not there or not theirs"
    assert {"event": guess, "by": "b", "of": case, "log_level": "warning"} in logged
    assert Browser(drawing).get(address).status_code == 303
    for places, view in (("c9", "thumb"), ("x0", "thumb"), ("c0", "aligned"), ("../c0", "thumb"), ("c0-r7", "changed")):
        assert own.get(f"/photos/{case}/{places}/{view}").status_code == 404


def test_a_browser_that_has_a_photo_asks_again_and_whoever_may_not_see_it_is_refused(drawing: Door, case: str) -> None:
    lin, photo = Browser(drawing).sign_in("lin", "reviewer"), f"/photos/{case}/c0/thumb"
    first = lin.get(photo)
    there = {"If-None-Match": first.headers["ETag"]}

    again = lin.get(photo, **there)

    assert (again.status_code, again.content) == (304, b"")
    assert {one.headers["Cache-Control"] for one in (first, again)} == {"private, no-cache"}
    assert lin.get(f"/photos/{case}/c0/screen", **there).status_code == 200
    lin.client.cookies.clear()
    assert lin.get(photo, **there).status_code == 303
    assert Browser(drawing).sign_in("b", "merchant:m-2").get(photo, **there).status_code == 404


def test_every_view_of_a_photo_is_on_record_for_those_who_decide_nothing(drawing: Door, case: str) -> None:
    lin = Browser(drawing).sign_in("lin", "reviewer")
    lin.get(f"/photos/{case}/c0/thumb")
    lin.get(f"/photos/{case}/c9/thumb")
    Browser(drawing).sign_in("shop", "merchant:m-1").get(f"/photos/{case}/c0/screen")

    told = {who: drawing.get(who, f"/cases/{case}/audit").json()["photo_views"] for who in ("auditor", "senior")}

    seen = [(one["viewer"], one["places"], one["view"]) for one in told["auditor"]]
    assert sorted(seen) == [("lin", "c0", "thumb"), ("shop", "c0", "screen")]
    assert told["senior"] is None


def test_photos_that_a_party_sends_later_are_on_the_page_looked_at_or_not(
    drawing: Door, database: Database, case: str
) -> None:
    act = AuditAct(by="b-1", note="once more", at_ms=now_ms())
    taken = database.further.send(case, act, "buyer", [SentMedium(uri="claims/f1.jpg"), SentMedium(uri="f2.jpg")])
    shop, other = Browser(drawing).sign_in("a", "merchant:m-1"), Browser(drawing).sign_in("b", "merchant:m-2")

    before = shop.get(f"/cases/{case}").text
    request = with_changes(a_request("rr-1"), claim_media=[], reference_media=[])
    media = [a_medium_evidence(taken.follow_up.media[0].media_id, sha256="e" * 64)]
    database.follow_ups.store([an_evidence(request, media=media, case_id=case, follow_up=1)], now_ms())
    after = shop.get(f"/cases/{case}").text

    assert "has not looked at these" in before
    assert "has not looked at these" not in after
    for text in (before, after):
        assert f"/photos/{case}/f0/thumb" in text
        assert f"/photos/{case}/f1/thumb" in text
    assert json.loads(shop.get(f"/photos/{case}/f0/thumb").content)[1] == "e" * 64
    assert shop.get(f"/photos/{case}/f2/thumb").status_code == 404
    assert other.get(f"/photos/{case}/f0/thumb").status_code == 404


def test_earlier_photos_are_shown_to_staff_alone(drawing: Door, open_case: Opened) -> None:
    open_case("rr-0")
    case = open_case("rr-2", like=("rr-0",))

    assert Browser(drawing).sign_in("lin", "reviewer").get(f"/photos/{case}/e0/thumb").status_code == 200
    shop = Browser(drawing).sign_in("shop", "merchant:m-1")
    for places, view in (
        ("e0", "thumb"),
        ("e0", "screen"),
        ("c0-e0", "aligned"),
        ("c0-e0", "changed"),
        ("e0-e0", "aligned"),
    ):
        assert shop.get(f"/photos/{case}/{places}/{view}").status_code == 404, places
    assert f"/photos/{case}/e0" not in shop.get(f"/cases/{case}").text


def test_a_photo_that_cannot_be_drawn_says_so_and_the_case_can_be_decided(drawing: Door, case: str) -> None:
    drawing.app.state.uses = replace(
        drawing.uses, pictures=CasePictures(drawing.uses.pictures._judged, Drawn(broken=True))
    )
    browser = Browser(drawing).sign_in("lin", "senior")

    shown = browser.get(f"/photos/{case}/c0/screen")

    assert shown.headers["Content-Type"] == "image/svg+xml"
    assert "broken, missing or erased" in shown.text
    assert 'name="rationale"' in browser.get(f"/cases/{case}").text


def test_a_cluster_shows_all_that_was_decided_on_one_picture(door: Door, open_case: Opened) -> None:
    open_case("rr-0")
    case = open_case("rr-2", like=("rr-0",))
    browser = Browser(door).sign_in("lin", "reviewer")

    text = browser.get(f"/clusters/{case}").text

    assert f'src="/photos/{case}/c0/thumb"' in text, "one picture, so it is shown"
    assert text.count("you came from here") == 1
    assert "rr-0" in text
    assert "rr-2" in text
    assert browser.get("/clusters/c-none").status_code == 404


def test_the_policy_that_judges_is_there_to_read(door: Door, case: str) -> None:
    browser = Browser(door).sign_in("ada", "policy-author")

    assert browser.get("/").headers["Location"] == "/policies"
    text = browser.get("/policies").text
    assert "audit_share: 0" in text
    assert browser.get(f"/policies/{'0' * 64}").status_code == 404
    assert browser.get(f"/cases/{case}").status_code == 403


def test_what_is_recommended_is_closed_with_a_reason_once(database: Database, door: Door) -> None:
    def advising(question: Question) -> RefundDecided:
        return with_changes(decided(question, review=True), recommended=["ASK_FOR_PHOTOS"])  # type: ignore[no-any-return]

    [decision] = database.decide(advising, some_evidence("rr-1"), now_ms=now_ms())
    case, lin = f"/cases/{decision.case_id}", Browser(door).sign_in("lin", "reviewer")
    close = {"code": "ASK_FOR_PHOTOS", "outcome": "declined"}

    without = lin.send(case, f"{case}/recommendation", **close, text=" ")
    done = lin.send(case, f"{case}/recommendation", **close, text="the photo shows <b>all</b>")

    assert (without.status_code, done.status_code) == (422, 303)
    assert "the photo shows &lt;b&gt;all&lt;/b&gt;" in lin.get(case).text
    assert 'value="ASK_FOR_PHOTOS"' not in lin.get(case).text
    assert lin.send(case, f"{case}/recommendation", code="ASK_FOR_PHOTOS", outcome="x", text="y").status_code == 422


def test_a_decided_case_says_why_to_each_party_and_leads_on(deciding: Callable[[float], Door], case: str) -> None:
    door = deciding(0)
    lin = Browser(door).sign_in("lin", "senior")
    lin.send(f"/cases/{case}", f"/cases/{case}/verdict", **GRANT, rationale="a <b>real</b> crack")
    told = {
        who: Browser(door).sign_in(who, role).get(f"/cases/{case}").text.partition('class="told"')[2]
        for who, role in (("lin", "reviewer"), ("wu", "auditor"), ("shop", "merchant:m-1"))
    }

    assert all("the photos show the damage" in text.partition("</dl>")[0] for text in told.values())
    assert ["a &lt;b&gt;real&lt;/b&gt; crack" in text for text in told.values()] == [True, True, False]
    assert 'class="primary" data-key="n"' in lin.get(f"/cases/{case}").text, "the next case is one key away"


def test_a_case_that_another_reviewer_has_in_hand_says_so_and_leads_on(
    door: Door, database: Database, case: str
) -> None:
    taken(database, "rr-1")
    chen = Browser(door).sign_in("chen", "reviewer").get(f"/cases/{case}").text

    assert "Another reviewer has this case in hand" in chen
    assert 'data-key="n"' in chen
    assert 'name="rationale"' not in chen
