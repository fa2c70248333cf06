"""Where cases went, seen from outside: by rows and audit trails alone."""

import json
from collections.abc import Mapping, Sequence

from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.cases.record.told_by_trail import told_otherwise
from tests.case_ways import WAYS
from tests.contract.sql import Database

DECIDING = {"FORGERY_CONFIRMED", "GRANTED", "REFUSED", "VERDICT_KEPT"}
ASKED_AT_MOST = 2
QUEUED = {"READY", "APPEALED", "MERCHANT_APPEALED", "AWAITING_SECOND_REVIEWER"}
Placed = Mapping[str, Sequence[tuple[int, str]]]
"""By case, into which state it was put by hand, and how many entries its trail had then."""


def check(database: Database, placed: Placed) -> None:
    """Every case came to where it is by the ways that are drawn, an entry a step; nobody gave it two verdicts."""
    trails: dict[str, list[tuple[str, str, dict[str, str]]]] = {}
    for entry in database.entries():
        said = json.loads(entry.payload) if entry.payload is not None else {}
        trails.setdefault(entry.case_id, []).append((entry.actor, entry.action, said))
    for case_id, state, verdict in database.rows("SELECT case_id, state, verdict FROM cases"):
        trail = trails[case_id]
        assert where(trail, placed.get(case_id, ())) == state, case_id
        assert trail[0][1] == "CASE_OPENED"
        assert (verdict is None) or state in {"DECIDED", "CLOSED"}
        reviewers = [actor for actor, action, _ in trail if action in DECIDING]
        assert len(reviewers) == len(set(reviewers)), case_id
        assert [action for _, action, _ in trail].count("MORE_EVIDENCE") <= ASKED_AT_MOST
    for chain in (one for some in SqlAuditSeals(database.engine).chains() for one in some):
        other = told_otherwise(chain.row, chain.entries)
        assert other is None or chain.case_id in placed, other


def check_hands(database: Database) -> None:
    """Every case is in one reviewer's hands at most, as all tables say alike, and in the queue only while it waits."""
    in_hand = "SELECT case_id, reviewer FROM assignments WHERE ended_at_ms IS NULL ORDER BY case_id"
    assigned = "SELECT case_id, assignee FROM cases WHERE assignee IS NOT NULL ORDER BY case_id"
    assert database.rows(assigned) == database.rows(in_hand)
    queued = "SELECT cases.state FROM review_queue JOIN cases USING (case_id) WHERE {}"
    assert {state for (state,) in database.rows(queued.format("waiting"))} <= QUEUED
    assert {state for (state,) in database.rows(queued.format("NOT waiting"))} <= {"ASSIGNED"}


def where(trail: Sequence[tuple[str, str, dict[str, str]]], placed: Sequence[tuple[int, str]]) -> str:
    """The state in which a case must be, after each step of its trail was a way that is drawn."""
    state = ""
    for number, (_, action, said) in enumerate(trail):
        state = moved_by_hand(state, number, placed)
        if action == "CASE_OPENED":
            assert (state, said["to"]) == ("", "AWAITING_MERCHANT")
        elif "to" in said:
            assert said["from"] == state, said
            assert (said["from"], said["to"]) in WAYS, said
        state = said.get("to", state)
    return moved_by_hand(state, len(trail), placed)


def moved_by_hand(state: str, entries: int, placed: Sequence[tuple[int, str]]) -> str:
    return next((put for at, put in reversed(placed) if at == entries), state)
