"""The audit trail on the pages: heads, a proof that fails where somebody changed an entry, and who did what."""

from collections.abc import Callable

from sqlalchemy import Engine

from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.clock import now_ms
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door


def handled(door: Door, case: str) -> None:
    """Have a reviewer take the case and give it back."""
    Browser(door).sign_in("shop", "merchant:m-1").send(f"/cases/{case}", f"/cases/{case}/statement", text="whole")
    lin = Browser(door).sign_in("lin", "reviewer")
    lin.send("/cases", "/next")
    taken = door.uses.assignments.in_hand("lin")[0].assignment_id
    assert lin.send(f"/cases/{case}", f"/work/{taken}/skip", text="not my language").status_code == 303


def test_heads_are_shown_and_a_changed_entry_is_found(door: Door, case: str, engine: Engine) -> None:
    seal = SqlAuditSeals(engine).seal(now_ms(), 1_000)
    assert seal is not None
    auditor = Browser(door).sign_in("wu", "auditor")

    assert seal.head.hex() in auditor.get("/audit").text
    assert "All as it was written. Cases: 1" in auditor.send("/audit", "/audit/verify").text
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET actor = 'nobody' WHERE seq = 1")

    broken = auditor.send("/audit", "/audit/verify").text
    assert "Not as it was written" in broken
    assert case in broken


def test_an_auditor_sees_who_did_what_and_a_reviewer_what_they_did_themselves(door: Door, case: str) -> None:
    handled(door, case)
    auditor = Browser(door).sign_in("wu", "auditor")

    for address in ("/audit", "/audit?who=lin"):
        text = auditor.get(address).text
        assert ">lin</bdi>" in text
        assert f"/cases/{case}" in text
    assert f"/cases/{case}" not in auditor.get("/audit?who=chen").text
    assert f"/cases/{case}" not in auditor.get("/audit?day=2024-01-31").text
    for no_day in ("<script>", "9999-12-31", "2026-02-30", "0000-01-01"):
        assert auditor.get(f"/audit?day={no_day}").status_code == 422
    assert f"/cases/{case}" in Browser(door).sign_in("lin", "reviewer").get("/today").text
    assert f"/cases/{case}" not in Browser(door).sign_in("chen", "reviewer").get("/today").text


def test_nothing_is_sealed_or_done_yet(door: Door, open_case: Callable[..., str]) -> None:
    open_case()
    text = Browser(door).sign_in("wu", "auditor").get("/audit").text
    assert "Nothing is sealed yet" in text
    assert "No case left anybody" in text
