"""Whoever comes to a second verdict is shown nothing of the first: by API, page, command or log, byte for byte."""

import re
from collections.abc import Iterator

from sqlalchemy import Engine
from structlog.testing import capture_logs

from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.tables import metadata
from streams.cases.acts import AuditAct
from streams.cases.looks import VerdictName
from streams.cases.procedure import Procedure
from streams.cases.record.query import CaseOrder
from streams.cases.states import CaseState
from streams.casework.reviewing.verdicts import Verdicts
from tests import command_line
from tests.builders import AT_MS
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door
from tests.contract.judging import NOW_MS, a_policy, some_evidence, suspecting
from tests.contract.sql import NO_LOT, Database

ALL_TWICE = Procedure(second_review_share=1)
FIRST = "lin.wei"
SECOND = "chen.yu"
REQUESTS = ("rr-1", "rr-2", "rr-3", "rr-4")
DRAWN_EACH_TIME = re.compile(
    r"""[0-9a-f]{32,}|(?<=value=")[\w.~-]{20,}(?=")|data-lease="\d+"|(?<=since=)\d+|"\w+_ms":\s?\d+"""
    r"""|\d\d:\d\d:\d\d(?= UTC|（| \()|\d+ min \d+ s"""
)
"""Tokens, digests, and times to the second: the command line and the doors go by the clock on the wall."""


def act(by: str, after_ms: int) -> AuditAct:
    return AuditAct(by=by, note="the crack ends at a straight edge", at_ms=NOW_MS + after_ms)


def a_first_verdict(engine: Engine, given: VerdictName, procedure: Procedure) -> str:
    """Return the case of a cluster of three on which there is a first verdict, in a database that held nothing."""
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    PolicyStore(engine).seed(a_policy(), AT_MS)
    database = Database(engine)
    claims = [
        some_evidence("rr-1", buyer_id="b-1"),
        some_evidence("rr-2", buyer_id="b-2", like=("rr-1",)),
        some_evidence("rr-3", buyer_id="b-3", like=("rr-2",)),
    ]
    [_, decision, _] = database.decide(suspecting("rr-2"), *claims)
    case_id = str(decision.case_id)
    Verdicts(database.casework, procedure).decide(case_id, act(FIRST, 1_000), given, "ANY_RULE", heard=True)
    database.decide(suspecting("rr-4"), some_evidence("rr-4", buyer_id="b-2", like=("rr-2",)), now_ms=NOW_MS + 2_000)
    return case_id


def all_that_is_shown(engine: Engine, case_id: str) -> str:
    """Everything that somebody reads who decides cases, without what is drawn each time anew."""
    door = Door(engine)
    with capture_logs() as logs:
        shown = [*by_api(door, case_id), *by_page(door, case_id), *by_command(engine, case_id)]
    return DRAWN_EACH_TIME.sub("…", "\n".join([*shown, repr(logs)]))


def by_api(door: Door, case_id: str) -> Iterator[str]:
    lists = [f"/cases?order={order}" for order in CaseOrder] + [f"/cases?state={state}" for state in CaseState]
    around = [f"/cases/c-{case_id[2:].replace('rr-2', name)}" for name in REQUESTS]
    for path in (*lists, *around, *(f"/requests/{name}" for name in REQUESTS), f"/cases/{case_id}/audit"):
        for who in ("reviewer", "senior"):
            answer = door.get(who, path, headers={"Sentinel-Actor": SECOND})
            yield f"{who} {path} {answer.status_code} {answer.text}"


def by_page(door: Door, case_id: str) -> Iterator[str]:
    for role in ("reviewer", "senior"):
        browser = Browser(door).sign_in(f"{role}.yu", role)
        lists = ["/", "/cases"] + [f"/cases?q={name}" for name in REQUESTS]
        for path in (*lists, *(f"/cases?state={state}" for state in CaseState), f"/clusters/{case_id}"):
            answer = browser.get(path)
            yield f"{path} {answer.status_code} {answer.text}"
        yield browser.get(f"/cases/{case_id}").text


def by_command(engine: Engine, case_id: str) -> Iterator[str]:
    settings = {"database_url": engine.url.render_as_string(hide_password=False)}
    for words in (
        ("list",),
        ("list", "--json"),
        ("show", case_id),
        ("show", case_id, "--json"),
        ("cluster", case_id),
        ("cluster", case_id, "--json"),
        ("statement-of-reasons", case_id),
        ("statement-of-reasons", case_id, "--json"),
        ("next", "--by", SECOND),
        ("next", "--by", SECOND, "--json"),
    ):
        done = command_line.run("case", *words, settings=settings)
        assert done.status == 0, done.error
        yield f"{words} {done.text} {done.error}"


def test_the_version_of_a_case_does_not_tell_that_there_was_a_first_verdict(engine: Engine) -> None:
    case_id = a_first_verdict(engine, "FORGERY_CONFIRMED", ALL_TWICE)
    [(version, changes)] = Database(engine).rows("SELECT version, changes FROM cases WHERE case_id = :id", id=case_id)
    assert (version, changes) == (1, 2)
    door = Door(engine)

    for who in ("reviewer", "senior"):
        seen = door.get(who, f"/cases/{case_id}", headers={"Sentinel-Actor": SECOND})
        assert (seen.json()["version"], seen.headers["ETag"]) == (1, '"1"')
    settings = {"database_url": engine.url.render_as_string(hide_password=False)}
    shown = command_line.run("case", "list", "--json", settings=settings).records
    assert {one["changes"] for one in shown if one["case_id"] == case_id} == {1}
    taken = door.post("reviewer", "/assignments", {}, headers={"Sentinel-Actor": SECOND}).json()
    verdict = {"verdict": "REFUSE", "rule": "R-1", "rationale": "as seen"}
    given = {"Sentinel-Actor": SECOND, "If-Match": f'"{taken["case"]["version"]}"'}
    assert door.post("reviewer", f"/cases/{case_id}/verdicts", verdict, headers=given).status_code == 200


def test_who_tries_to_pick_a_case_is_not_told_that_there_was_a_first_verdict(engine: Engine) -> None:
    case_id = a_first_verdict(engine, "FORGERY_CONFIRMED", ALL_TWICE)
    verdict = {"verdict": "REFUSE", "rule": "R-1", "rationale": "as seen"}

    picked = Door(engine).post("reviewer", f"/cases/{case_id}/verdicts", verdict, headers={"Sentinel-Actor": SECOND})

    assert (picked.status_code, "is READY and in nobody's hands" in picked.json()["detail"]) == (409, True)


def test_verdicts_that_are_kept_look_alike_whatever_they_are(engine: Engine) -> None:
    names: tuple[VerdictName, ...] = ("GRANT", "REFUSE", "FORGERY_CONFIRMED")
    grant, refusal, forgery = (all_that_is_shown(engine, a_first_verdict(engine, name, ALL_TWICE)) for name in names)

    assert grant == refusal
    assert grant == forgery
    assert not [word for word in (FIRST, "ANY_RULE", "WITHHELD", "VERDICT_KEPT") if word in grant]


def test_whoever_decides_an_appeal_cannot_tell_a_forgery_from_a_refusal(engine: Engine) -> None:
    def appealed(name: VerdictName) -> str:
        case_id = a_first_verdict(engine, name, NO_LOT)
        Database(engine).hearings.appeal(case_id, act("b-2", 3_000), "buyer")
        return all_that_is_shown(engine, case_id)

    refusal, forgery = appealed("REFUSE"), appealed("FORGERY_CONFIRMED")

    assert refusal == forgery
    assert not [word for word in ("ANY_RULE", "LINKED_TO_FORGERY") if word in forgery]


def test_a_later_claim_that_met_the_photo_as_a_known_forgery_does_not_tell_the_verdict_appealed(engine: Engine) -> None:
    case_id = a_first_verdict(engine, "FORGERY_CONFIRMED", NO_LOT)
    database, door = Database(engine), Door(engine)
    [[later]] = database.rows("SELECT case_id FROM cases WHERE request_id = 'rr-4'")
    database.change("UPDATE cases SET reason_codes = 'KNOWN_FORGERY' WHERE case_id = :id", id=later)

    def shown(who: str) -> tuple[bool, int]:
        given = {"headers": {"Sentinel-Actor": SECOND}}
        listed = [one["case_id"] for one in door.get(who, "/cases", **given).json()["cases"]]
        return later in listed, door.get(who, f"/cases/{later}", **given).status_code

    assert shown("reviewer") == (True, 200)
    database.hearings.appeal(case_id, act("b-2", 3_000), "buyer")

    assert shown("reviewer") == shown("senior") == (False, 404)
    assert shown("auditor") == (True, 200)
    Verdicts(database.casework, NO_LOT).decide(case_id, act(SECOND, 4_000), "FORGERY_CONFIRMED", "R-1", senior=True)
    assert shown("reviewer") == (True, 200)
