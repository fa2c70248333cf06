"""Audit chains under sealed and stamped heads, on both databases: whoever changes the past is found out, by name."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.time_authority import HttpTimeAuthority, Rfc3161Check, roots_of
from streams.cases.acts import AuditAct
from streams.cases.audit import EntryContent, entry_after
from streams.casework.record.proving import Proved, prove
from streams.casework.record.sealing import Sealing
from streams.casework.record.sealing_ports import Stamp
from streams.casework.record.sealing_ports import TimeAuthority as Authority
from streams.cli.audit import app
from streams.metrics import Metrics
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import AtOnce, Database
from tests.real import parts
from tests.real.time_authority import TimeAuthority, serving

EVERY_MS = 300_000


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeAuthority]:
    parts.need("a time authority (openssl)")
    with serving(TimeAuthority(tmp_path_factory.mktemp("authority"))) as made:
        yield made


@pytest.fixture
def seals(engine: Engine) -> SqlAuditSeals:
    return SqlAuditSeals(engine)


@pytest.fixture
def cases(database: Database) -> list[str]:
    """Three cases with five entries."""
    names = ["rr-1", "rr-2", "rr-3"]
    decisions = database.decide(suspecting(*names), *(some_evidence(name) for name in names))
    found = [str(decision.case_id) for decision in decisions]
    for case_id in found[:2]:
        database.hearings.state(case_id, AuditAct(by="m-1", note="it left us whole", at_ms=NOW_MS + 1_000), "merchant")
    return found


def sealing(seals: SqlAuditSeals, at_ms: int, authority: Authority | None = None) -> Sealing:
    return Sealing(
        seals=seals,
        authority=authority,
        calls=AtOnce(),
        metrics=Metrics("decide"),
        every_ms=EVERY_MS,
        clock=lambda: at_ms,
    )


def looked(seals: SqlAuditSeals, roots: Path | None = None, head: str | None = None) -> Proved:
    return prove(seals, Rfc3161Check(roots_of(roots)), head)


def test_what_people_did_is_sealed_at_once_and_then_at_intervals(
    database: Database, seals: SqlAuditSeals, cases: list[str]
) -> None:
    [first] = sealing(seals, NOW_MS).seal_due(NOW_MS)
    assert (first.seal_no, first.leaves) == (1, 3)
    database.hearings.state(cases[2], AuditAct(by="m-1", note="so did this", at_ms=NOW_MS + 2_000), "merchant")
    assert seals.unsealed(10).entries == 1

    assert sealing(seals, NOW_MS).seal_due(NOW_MS + EVERY_MS - 1) == []
    [second] = sealing(seals, NOW_MS).seal_due(NOW_MS + EVERY_MS)

    assert (second.seal_no, second.leaves, seals.unsealed(10).entries) == (2, 1, 0)
    assert sealing(seals, NOW_MS).seal_due(NOW_MS + 9 * EVERY_MS) == []
    proved = looked(seals)
    assert (proved.broken, proved.cases, proved.entries, proved.seals) == (None, 3, 6, 2)
    assert proved.head == second.head.hex()


def test_a_clock_set_back_holds_no_seal_up(seals: SqlAuditSeals, database: Database, cases: list[str]) -> None:
    sealing(seals, NOW_MS).seal_due(NOW_MS)
    database.hearings.state(cases[2], AuditAct(by="m-1", note="so did this", at_ms=NOW_MS), "merchant")

    assert len(sealing(seals, NOW_MS).seal_due(NOW_MS - 86_400_000)) == 1


@pytest.mark.usefixtures("cases")
async def test_an_authority_that_failed_while_the_clock_was_ahead_is_asked_once_it_is_right(
    seals: SqlAuditSeals, authority: TimeAuthority
) -> None:
    clock = [NOW_MS + 86_400_000]
    worker = sealing(seals, NOW_MS, HttpTimeAuthority("http://127.0.0.1:9", Rfc3161Check([])))
    worker.clock = lambda: clock[0]
    await worker.once()
    worker.authority = HttpTimeAuthority(authority.url, Rfc3161Check(roots_of(authority.roots)))
    await worker.once()
    assert seals.unstamped() is not None, "it is left alone for a minute"

    clock[0] = NOW_MS
    await worker.once()

    assert seals.unstamped() is None


@pytest.mark.usefixtures("cases")
def test_more_entries_than_one_seal_looks_at_are_sealed_by_several(seals: SqlAuditSeals) -> None:
    made = list(iter(lambda: seals.seal(NOW_MS, 1), None))

    assert [seal.leaves for seal in made] == [1, 1, 1]
    assert looked(seals).broken is None


@pytest.mark.usefixtures("cases")
async def test_the_newest_head_is_stamped_logged_and_shown_as_a_metric(
    seals: SqlAuditSeals, authority: TimeAuthority
) -> None:
    check = Rfc3161Check(roots_of(authority.roots))
    worker = sealing(seals, NOW_MS, HttpTimeAuthority(authority.url, check))

    await worker.once()
    await worker.once()

    [stamp] = seals.stamps()
    assert (stamp.seal_no, stamp.authority) == (1, authority.url)
    proved = looked(seals, authority.roots)
    assert (proved.broken, proved.stamps, proved.untrusted) == (None, 1, 0)
    assert looked(seals).untrusted == 1
    shown = worker.metrics.registry.get_sample_value(
        "sentinel_audit_head_info", {"seal": "1", "head": str(proved.head)}
    )
    assert shown == 1


@pytest.mark.usefixtures("cases")
async def test_an_authority_that_is_away_or_lies_costs_no_seal(seals: SqlAuditSeals, tmp_path: Path) -> None:
    parts.need("a time authority (openssl)")
    another = TimeAuthority(tmp_path / "another")
    with serving(TimeAuthority(tmp_path / "one")) as one:
        lying = HttpTimeAuthority(one.url, Rfc3161Check(roots_of(another.roots)))
        await sealing(seals, NOW_MS, lying).once()
    await sealing(seals, NOW_MS, lying).once()  # it is gone now

    assert seals.last() is not None
    assert seals.stamps() == []


def rewrite_case(database: Database, case_id: str) -> None:
    """Write a whole chain anew, every link right: only a seal can notice."""
    last = None
    for entry in database.cases.show(case_id).audit:
        payload = json.dumps(json.loads(entry.payload or b"{}") | {"note": "it came broken"}).encode()
        content = EntryContent(at_ms=entry.at_ms, actor="somebody", action=entry.action, payload=payload)
        last = entry_after(last, case_id, content, bytes(16))
        database.change(
            "UPDATE audit SET actor = 'somebody', salt = :salt, payload = :payload, commitment = :commitment,"
            " link = :link WHERE case_id = :case AND seq = :seq",
            salt=last.salt,
            payload=payload,
            commitment=last.commitment,
            link=last.link,
            case=case_id,
            seq=entry.seq,
        )


TAMPERED: dict[str, tuple[str, dict[str, Any]]] = {
    "another actor": (
        "UPDATE audit SET actor = 'm-2' WHERE case_id = :first AND seq = 2",
        {"part": "entry", "seq": 2, "why": "link"},
    ),
    "another payload": (
        "UPDATE audit SET salt = commitment, payload = :other WHERE case_id = :first AND seq = 2",
        {"part": "entry", "seq": 2, "why": "payload"},
    ),
    "the payload of another entry": (
        (
            "UPDATE audit SET payload = (SELECT payload FROM audit AS o WHERE o.case_id = :first AND o.seq = 2)"
            " WHERE case_id = :first AND seq = 1"
        ),
        {"part": "entry", "seq": 1, "why": "payload"},
    ),
    "a payload taken away as if it were erased": (
        "UPDATE audit SET salt = NULL, payload = NULL WHERE case_id = :first AND seq = 2",
        {"part": "entry", "seq": 2, "why": "no later entry says that it was erased"},
    ),
    "an entry taken from the middle": (
        "DELETE FROM audit WHERE case_id = :first AND seq = 1",
        {"part": "entry", "seq": 1, "why": "missing"},
    ),
    "the end of a chain cut off": (
        "DELETE FROM audit WHERE case_id = :first AND seq = 2",
        {"part": "seal", "seal_no": 1, "why": "root"},
    ),
    "a sealed time": (
        "UPDATE audit_seals SET sealed_at_ms = sealed_at_ms - 1 WHERE seal_no = 1",
        {"part": "seal", "seal_no": 1, "why": "head"},
    ),
    "the newest seal taken away": (
        "DELETE FROM audit_seals WHERE seal_no = 2",
        {"part": "seal", "seal_no": 2, "why": "missing"},
    ),
    "the state of a case": (
        "UPDATE cases SET state = 'CLOSED' WHERE case_id = :first",
        {"part": "case", "seq": 2, "why": "state CLOSED instead of READY"},
    ),
    "a verdict that nobody gave": (
        "UPDATE cases SET verdict = 'GRANT' WHERE case_id = :first",
        {"part": "case", "seq": 2, "why": "verdict GRANT instead of None"},
    ),
    "the version of a case": (
        "UPDATE cases SET version = version - 1 WHERE case_id = :first",
        {"part": "case", "seq": 2, "why": "version 1 instead of 2"},
    ),
    "the stamp of another head": (
        "UPDATE audit_stamps SET seal_no = 2",
        {"part": "stamp", "seal_no": 2, "why": "something else"},
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_whatever_is_changed_directly_in_the_database_is_named(
    how: str, database: Database, seals: SqlAuditSeals, cases: list[str], authority: TimeAuthority
) -> None:
    two_seals_and_a_stamp(database, seals, cases, authority)
    statement, expected = TAMPERED[how]
    given = {"first": cases[0], "other": b'{"note":"it came broken"}'}

    database.change(statement, **{name: value for name, value in given.items() if f":{name}" in statement})

    broken = looked(seals, authority.roots).broken
    assert broken is not None
    assert expected["why"] in broken.why
    where = {"case_id": cases[0] if expected["part"] in {"entry", "case"} else None, "seq": None, "seal_no": None}
    where |= {name: value for name, value in expected.items() if name != "why"}
    assert {name: getattr(broken, name) for name in where} == where


def two_seals_and_a_stamp(database: Database, seals: SqlAuditSeals, cases: list[str], authority: TimeAuthority) -> None:
    [first] = sealing(seals, NOW_MS).seal_due(NOW_MS)
    stamper = HttpTimeAuthority(authority.url, Rfc3161Check(roots_of(authority.roots)))
    seals.keep(sealing_stamp(first.seal_no, stamper, stamper.stamp(first.head)))
    database.hearings.state(cases[2], AuditAct(by="m-1", note="so did this", at_ms=NOW_MS), "merchant")
    sealing(seals, NOW_MS).seal_due(NOW_MS + EVERY_MS)
    assert looked(seals, authority.roots).broken is None


def sealing_stamp(seal_no: int, authority: Authority, response: bytes) -> Stamp:
    return Stamp(seal_no=seal_no, received_at_ms=NOW_MS, authority=authority.url, response=response)


def test_a_chain_written_anew_with_every_link_right_breaks_its_seal(
    database: Database, seals: SqlAuditSeals, cases: list[str]
) -> None:
    sealing(seals, NOW_MS).seal_due(NOW_MS)

    rewrite_case(database, cases[0])

    broken = looked(seals).broken
    assert broken is not None
    assert (broken.part, broken.seal_no) == ("seal", 1)


def test_a_published_head_shows_that_everything_since_was_cut_off(
    database: Database, seals: SqlAuditSeals, cases: list[str]
) -> None:
    [seal] = sealing(seals, NOW_MS).seal_due(NOW_MS)
    assert looked(seals, head=seal.head.hex()).broken is None

    database.change("DELETE FROM audit_seals")
    database.change("UPDATE audit SET seal_no = NULL")
    rewrite_case(database, cases[0])
    sealing(seals, NOW_MS).seal_due(NOW_MS)

    assert looked(seals).broken is None  # by itself it holds
    broken = looked(seals, head=seal.head.hex()).broken
    assert broken is not None
    assert broken.part == "seal"


def test_the_command_says_what_is_broken_and_ends_with_status_1(
    url: str, database: Database, cases: list[str], seals: SqlAuditSeals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTINEL_DATABASE_URL", url)
    sealing(seals, NOW_MS).seal_due(NOW_MS)
    sound = CliRunner().invoke(app, ["verify", "--json"])
    assert (sound.exit_code, json.loads(sound.stdout)["ok"]) == (0, True)
    database.change("UPDATE audit SET at_ms = at_ms + 1 WHERE case_id = :case AND seq = 2", case=cases[1])

    told = CliRunner().invoke(app, ["verify", "--json"])

    assert told.exit_code == 1
    found = json.loads(told.stdout)
    assert (found["ok"], found["broken"]["case_id"], found["broken"]["seq"]) == (False, cases[1], 2)
