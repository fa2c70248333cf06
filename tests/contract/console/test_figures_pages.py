"""Pages of figures: a table beside every plot, and no names where they do not belong."""

import re
from dataclasses import replace
from threading import Event

from sqlalchemy import Engine

from streams.adapters.sql.cases.figures import SqlFigures
from streams.adapters.sql.cases.quality import SqlQuality
from streams.adapters.sql.cases.reach import SqlReach
from streams.cases.acts import AuditAct
from streams.cases.looks import Given
from streams.cases.quality.quality import Record
from streams.casework.quality.figures import Figures
from streams.clock import now_ms
from streams.console.pages.preferences import DisplayPreferences
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door


def decided_by_two(door: Door, case: str) -> None:
    for name in ("lin.one", "chen.two"):
        given = Given(verdict="REFUSE", rule="NOT_SHOWN")
        act = AuditAct(by=name, note="no damage to be seen", at_ms=now_ms())
        done = door.uses.verdicts.give(case, act, given, heard=True)
        if done.case.verdict is not None:
            return


def test_statistics_show_each_reason_with_its_interval_and_names_to_leads_alone(door: Door, case: str) -> None:
    decided_by_two(door, case)

    lead = Browser(door).sign_in("zhao", "operator").get("/statistics").text
    author = Browser(door).sign_in("ada", "policy-author").get("/statistics").text

    for text in (lead, author):
        assert '<svg class="plot"' in text
        assert "<title>Precision by reason</title>" in text
        assert "used before" in text
        assert "100%" in text
        assert " style=" not in text
    assert "chen.two" not in author


def test_what_was_decided_today_stands_under_todays_date(door: Door, case: str) -> None:
    decided_by_two(door, case)

    text = Browser(door).sign_in("zhao", "operator").get("/statistics?days=7").text

    rows = re.findall(r'<th scope="row">([^<]*)</th><td class="figure">(\d+)</td><td class="figure">(\d+)</td>', text)
    assert rows[-1] == (DisplayPreferences("en").day(now_ms()), "0", "1")


class Slow(SqlQuality):
    """Counts once it may."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.may_go_on = Event()

    def record(self, since_ms: int, *, merchants: bool = True) -> Record:
        self.may_go_on.wait(60)
        return super().record(since_ms, merchants=merchants)


def test_figures_that_take_long_are_promised_at_once_and_shown_when_they_are_there(door: Door, engine: Engine) -> None:
    slow = Slow(engine)
    figures = Figures(slow, SqlFigures(engine), SqlReach(engine), keep_ms=60_000, wait_s=0)
    door.app.state.uses = replace(door.uses, figures=figures)
    lead = Browser(door).sign_in("zhao", "auditor")

    promised = lead.get("/statistics?days=365")
    slow.may_go_on.set()
    while (shown := lead.get("/statistics?days=365")).headers.get("Refresh"):
        pass

    assert (promised.status_code, promised.headers["Refresh"]) == (200, "5")
    assert "being counted" in promised.text
    assert "Agreement" in shown.text


def test_days_that_nobody_offers_are_refused_and_the_others_are_there(door: Door) -> None:
    lead = Browser(door).sign_in("zhao", "auditor")

    assert {lead.get(f"/statistics?days={days}").status_code for days in (7, 30, 90, 365)} == {200}
    assert lead.get("/statistics?days=1e9").status_code == 422
    assert '<svg class="plot"' not in lead.get("/statistics").text, "nothing was decided"


def test_the_workload_says_what_waits_and_who_is_there(door: Door, case: str) -> None:
    Browser(door).sign_in("shop", "merchant:m-1").send(f"/cases/{case}", f"/cases/{case}/statement", text="whole")
    Browser(door).sign_in("lin", "reviewer").send("/cases", "/next")

    text = Browser(door).sign_in("zhao", "senior").get("/workload").text

    assert "People at work" in text
    assert ">lin</bdi>" in text
    assert Browser(door).sign_in("lin", "reviewer").get("/workload").status_code == 403


def test_the_workload_says_at_once_which_case_nobody_may_decide_and_what_helps(door: Door, case: str) -> None:
    Browser(door).sign_in("shop", "merchant:m-1").send(f"/cases/{case}", f"/cases/{case}/statement", text="whole")
    lead = Browser(door).sign_in("zhao", "auditor")

    english = lead.get("/workload").text
    lead.client.cookies["sentinel_language"] = "zh"
    chinese = lead.get("/workload").text
    Browser(door).sign_in("lin", "reviewer")
    mended = lead.get("/workload").text

    for text, said in ((english, "Give somebody the role of a reviewer."), (chinese, "请给一个人“审核人”角色。")):
        assert said in text
        assert f'href="/cases/{case}"' in text
    assert f'href="/cases/{case}"' not in mended
    assert "没有人可以裁定" not in mended


def test_cases_are_found_by_their_buyer_for_whoever_may_know_buyers(door: Door, case: str) -> None:
    assert f"/cases/{case}" in Browser(door).sign_in("wu", "auditor").get("/cases?q=b-1").text
    assert f"/cases/{case}" not in Browser(door).sign_in("lin", "reviewer").get("/cases?q=b-1").text
    assert f"/cases/{case}" not in Browser(door).sign_in("other", "merchant:m-2").get("/cases?q=b-1").text
