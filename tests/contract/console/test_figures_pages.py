"""Pages of figures: a table beside every plot, and no names where they do not belong."""

from streams.cases.acts import AuditAct
from streams.cases.looks import Given
from streams.clock import now_ms
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door


def decided_by_two(door: Door, case: str) -> None:
    for name in ("lin.one", "chen.two"):
        given = Given(verdict="REFUSE", rule="NOT_SHOWN")
        act = AuditAct(by=name, note="no damage to be seen", at_ms=now_ms())
        done = door.uses.verdicts.give(case, act, given, heard=True)
        if done.case.verdict is not None:
            return


def test_statistics_show_each_rule_with_its_interval_and_names_to_leads_alone(door: Door, case: str) -> None:
    decided_by_two(door, case)

    lead = Browser(door).sign_in("zhao", "operator").get("/statistics").text
    author = Browser(door).sign_in("ada", "policy-author").get("/statistics").text

    for text in (lead, author):
        assert '<svg class="plot"' in text
        assert "<title>Precision by rule</title>" in text
        assert "used before" in text
        assert "100%" in text
        assert " style=" not in text
    assert "chen.two" not in author


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


def test_cases_are_found_by_their_buyer_for_whoever_may_know_buyers(door: Door, case: str) -> None:
    assert f"/cases/{case}" in Browser(door).sign_in("wu", "auditor").get("/cases?q=b-1").text
    assert f"/cases/{case}" not in Browser(door).sign_in("lin", "reviewer").get("/cases?q=b-1").text
    assert f"/cases/{case}" not in Browser(door).sign_in("other", "merchant:m-2").get("/cases?q=b-1").text
