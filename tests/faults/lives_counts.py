"""Counts of lives that were lived, from outside: rows, trails and topics against what was answered."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from schemas.topics import REVIEW_EVENTS
from streams.cases.audit import AuditEntry
from tests.case_ways import WAYS
from tests.contract.sql import Database
from tests.faults.lives import HOUR_MS, NO_CONTENT, OK, Done

VERDICTS = ("GRANT", "REFUSE", "FORGERY_CONFIRMED", "MORE_EVIDENCE")
DECIDING = {"GRANTED", "REFUSED", "FORGERY_CONFIRMED"}
TRAIL = {"statement": "STATEMENT_MADE", "appeal": "APPEALED", "withdrawal": "WITHDRAWN", "skip": "SKIPPED"}
TRAIL |= {"hold": "HELD", "hand-over": "HANDED_OVER"}
APPEAL_MS = 7 * 24 * HOUR_MS
HEARING_MS = 48 * HOUR_MS
SHOWN = 5
EXPECTED = frozenset({OK, NO_CONTENT, HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT})
PARKED_ALREADY = {"hold": frozenset({HTTPStatus.UNPROCESSABLE_ENTITY})}
"""Nobody parks more than five cases at a time."""

Trail = Sequence[tuple[AuditEntry, Mapping[str, Any]]]


def failures(database: Database, done: Sequence[Done], topics: Mapping[str, Sequence[bytes]]) -> Iterator[str]:
    """Give whatever is not as it must be; ``topics`` are the values that each topic holds."""
    trails = _trails(database)
    states = {str(case): str(state) for case, state in database.rows("SELECT case_id, state FROM cases")}
    yield from _named("cases that are not closed", [case for case, state in states.items() if state != "CLOSED"])
    yield from _named("illegal moves", [f"{case} {why}" for case in states for why in _moves(trails[case])])
    yield from _named("deadlines not kept", [f"{case} {why}" for case in states for why in _deadlines(trails[case])])
    yield from _answers(done)
    yield from _verdicts(database, done)
    yield from _acts(trails, done)
    yield from _events(database, trails, topics)
    in_hand = database.rows("SELECT case_id FROM assignments WHERE ended_at_ms IS NULL")
    yield from _named("closed cases in somebody's hands", in_hand)
    yield from _named("closed cases in the queue", database.rows("SELECT case_id FROM review_queue"))


def _answers(done: Sequence[Done]) -> Iterator[str]:
    """Give the calls that were refused for another reason than that somebody else was first or has to decide."""
    odd = [one for one in done if one.status not in EXPECTED | PARKED_ALREADY.get(one.what, frozenset())]
    yield from _named("calls that were refused for no reason of the course", odd)


def _trails(database: Database) -> Mapping[str, Trail]:
    found = defaultdict[str, list[tuple[AuditEntry, Mapping[str, Any]]]](list)
    for entry in database.entries():
        found[entry.case_id].append((entry, json.loads(entry.payload or b"{}")))
    return found


def _moves(trail: Trail) -> Iterator[str]:
    """Give the steps that are not among the ways that are drawn by hand, or do not begin where the last one ended."""
    state = ""
    for entry, said in trail:
        if entry.action == "CASE_OPENED":
            if (state, said["to"]) != ("", "AWAITING_MERCHANT"):
                yield f"was opened as {said['to']} from {state}"
        elif "to" in said and (said["from"] != state or (said["from"], said["to"]) not in WAYS):
            yield f"went from {said['from']} to {said['to']}, and stood at {state}"
        state = said.get("to", state)


def _deadlines(trail: Trail) -> Iterator[str]:
    """Give the waits that ended before their time, or that were set to another."""
    entered, opened = 0, trail[0][0].at_ms
    for entry, said in trail:
        due = said.get("due_at_ms")
        if due is not None and entry.actor == "system" and "from" in said:
            if entry.at_ms < due:
                yield f"was moved {due - entry.at_ms} ms before its deadline"
            if said["from"] == "DECIDED" and due - entered != APPEAL_MS:
                yield f"could be appealed for {due - entered} ms"
            if said["from"] == "AWAITING_MERCHANT" and entered == opened and due - entered != HEARING_MS:
                yield f"was heard for {due - entered} ms"
        if entry.action == "APPEALED" and entry.at_ms >= entered + APPEAL_MS:
            yield "was appealed too late"
        if "to" in said:
            entered = entry.at_ms


def _verdicts(database: Database, done: Sequence[Done]) -> Iterator[str]:
    given = Counter((one.case_id, one.by, one.what) for one in done if one.what in VERDICTS and one.status == OK)
    rows = database.rows("SELECT case_id, reviewer, verdict FROM verdicts")
    stored = Counter((str(case), str(by), str(what)) for case, by, what in rows)
    yield from _named("verdicts that were answered and are not stored", (given - stored).elements())
    yield from _named("verdicts that are stored and nobody gave", (stored - given).elements())
    twice = Counter((case, by) for case, by, what in stored.elements() if what != "MORE_EVIDENCE")
    yield from _named("people who decided a case twice", [pair for pair, times in twice.items() if times > 1])


def _acts(trails: Mapping[str, Trail], done: Sequence[Done]) -> Iterator[str]:
    """Hold what was answered against the trails; a verdict or an assignment is an entry too, a heartbeat is none."""
    told = Counter((one.case_id, TRAIL[one.what]) for one in done if one.what in TRAIL and one.status == OK)
    actions = set(TRAIL.values())
    kept = Counter((case, entry.action) for case, trail in trails.items() for entry, _ in trail)
    kept = Counter({pair: times for pair, times in kept.items() if pair[1] in actions})
    yield from _named("acts that were answered and are in no trail", (told - kept).elements())
    yield from _named("acts in a trail that nobody did", (kept - told).elements())


def _events(database: Database, trails: Mapping[str, Trail], topics: Mapping[str, Sequence[bytes]]) -> Iterator[str]:
    rows = database.rows("SELECT topic, value, sent_at_ms FROM outbox")  # without what was sent a week ago
    yield from _named("messages that were never sent", [value[:80] for _, value, sent in rows if sent is None])
    for topic, values in topics.items():
        kept = {bytes(value) for name, value, _ in rows if name == topic}
        yield from _named(f"messages of {topic} that were lost", kept - set(values))
    told = [msgspec.json.decode(value) for value in set(topics[REVIEW_EVENTS.name])]
    ids = Counter(event["event_id"] for event in told)
    yield from _named("events with one id", [event for event, times in ids.items() if times > 1])
    seen = Counter((event["case_id"], event["event"]) for event in told)
    for case, trail in trails.items():
        wanted = {
            "CASE_OPENED": 1,
            "DECIDED": sum(entry.action in DECIDING for entry, _ in trail),
            "APPEALED": sum(entry.action == "APPEALED" for entry, _ in trail),
            "CLOSED": sum(said.get("to") == "CLOSED" for _, said in trail),
        }
        found = {name: seen[case, name] for name in wanted}
        if found != wanted:
            yield f"events of {case}: {found}, but its trail says {wanted}"


def _named(what: str, who: Any) -> Iterator[str]:
    listed = sorted(map(str, who))
    if listed:
        yield f"{len(listed)} {what}: {', '.join(listed[:SHOWN])}"
