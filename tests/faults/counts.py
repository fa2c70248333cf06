"""Counts from outside: what topics and database hold, held against what was sent. No worker is asked."""

import asyncio
import base64
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import create_engine, select
from sqlalchemy.engine import Row

from schemas.topics import DEAD_LETTERS, DECISIONS, EVIDENCE, REQUESTS, REVIEW_EVENTS, Topic
from streams.adapters.sql.tables import cases, decisions, outbox
from tests.faults.load import Key, Load
from tests.real import topics

SHOWN = 5
"""How many offenders a failure names."""


@dataclass(frozen=True, slots=True)
class Record:
    """One message of a topic, and where it stands."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None

    @property
    def place(self) -> tuple[str, int, int]:
        return (self.topic, self.partition, self.offset)


@dataclass(frozen=True)
class Seen:
    """What is in the topics, oldest first by partition, and in the database."""

    requests: Sequence[Record]
    evidence: Sequence[Record]
    decisions: Sequence[Record]
    letters: Sequence[Record]
    events: Sequence[Record]
    stored: Mapping[Key, bytes]
    cases: Mapping[str, Key]
    outbox: Sequence[tuple[str, bytes, bool]]
    """Topic, value, and whether the relay has sent it."""


@dataclass(frozen=True)
class Report:
    """How many there are of each thing, and everything that is not as it must be."""

    figures: Mapping[str, int]
    failures: Sequence[str]

    def __str__(self) -> str:
        counted = ", ".join(f"{count:,} {name}" for name, count in self.figures.items())
        return "\n".join([counted, *self.failures])


async def count(address: str, database_url: str, load: Load) -> Report:
    """Return what was counted once the system is at rest."""
    return report(await read(address, database_url), load)


async def read(address: str, database_url: str) -> Seen:
    """Return everything that is there now."""
    rows = await asyncio.to_thread(_database, database_url)
    return Seen(
        requests=await _topic(address, REQUESTS),
        evidence=await _topic(address, EVIDENCE),
        decisions=await _topic(address, DECISIONS),
        letters=await _topic(address, DEAD_LETTERS),
        events=await _topic(address, REVIEW_EVENTS),
        stored={(row.request_id, row.request_digest): row.message for row in rows["decisions"]},
        cases={row.case_id: (row.request_id, row.request_digest) for row in rows["cases"]},
        outbox=[(row.topic, row.value, row.sent_at_ms is not None) for row in rows["outbox"]],
    )


def report(seen: Seen, load: Load) -> Report:
    """Return the counts: ``failures`` is empty when the promise was kept."""
    sent = {record.place: load.by_value.get(record.value) for record in seen.requests}
    asked = {found.request for found in sent.values() if found is not None and found.request is not None}
    poison = {place for place, found in sent.items() if found is not None and found.request is None}
    answers = _answers(seen.decisions)
    reviewed = {told["case_id"]: key for key, told in _told(answers) if told["verdict"] == "REVIEW"}
    figures = {
        "messages": len(seen.requests),
        "contents": len(asked),
        "poison": len(poison),
        "evidence messages": len(seen.evidence),
        "decision messages": len(seen.decisions),
        "decided": len(answers),
        "clear": len(answers) - len(reviewed),
        "cases": len(seen.cases),
        "dead letters": len(seen.letters),
        "review events": len(seen.events),
    }
    failures = [
        *_load_arrived(seen, load),
        *_decided_once(asked, answers, seen.stored),
        *_letters(seen, poison),
        *_originals(seen, load, answers),
        *_in_order(seen, load),
        *_same("case", "a REVIEW decision", set(seen.cases.items()), set(reviewed.items())),
        *_events(seen),
    ]
    return Report(figures, failures)


async def _topic(address: str, topic: Topic) -> list[Record]:
    return [
        Record(found.topic, found.partition, found.offset, found.key, found.value)
        for found in await topics.read_all(address, topic.name)
    ]


def _database(url: str) -> dict[str, Sequence[Row[Any]]]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return {table.name: connection.execute(select(table)).all() for table in (decisions, cases, outbox)}
    finally:
        engine.dispose()


def _answers(records: Iterable[Record]) -> dict[Key, set[bytes]]:
    """Return the distinct bytes that were sent for each content."""
    found: dict[Key, set[bytes]] = defaultdict(set)
    for record in records:
        told = msgspec.json.decode(record.value or b"{}")
        found[told.get("request_id", ""), told.get("request_digest", "")].add(record.value or b"")
    return found


def _told(answers: Mapping[Key, AbstractSet[bytes]]) -> Iterator[tuple[Key, dict[str, Any]]]:
    return ((key, msgspec.json.decode(value)) for key, values in answers.items() for value in values)


def _load_arrived(seen: Seen, load: Load) -> Iterator[str]:
    """Hold the test itself to account: a message that the load lost is no fault of the system."""
    wanted = Counter(message.value for message in load.messages)
    found = Counter(record.value for record in seen.requests)
    if wanted != found:
        lost, more = sum((wanted - found).values()), sum((found - wanted).values())
        yield f"THE TEST FAILED: {lost} messages of the load did not arrive, {more} arrived too often"


def _decided_once(
    asked: AbstractSet[Key], answers: Mapping[Key, AbstractSet[bytes]], stored: Mapping[Key, bytes]
) -> Iterator[str]:
    yield from _same("decided content", "a request", set(answers), asked)
    yield from _offenders(
        "contents with several decisions", [key for key, values in answers.items() if len(values) > 1]
    )
    other = [key for key, values in answers.items() if values != {stored.get(key)}]
    yield from _offenders("decisions that are not the stored bytes", other)
    yield from _offenders("stored decisions that were never sent", set(stored) - set(answers))


def _letters(seen: Seen, poison: AbstractSet[tuple[str, int, int]]) -> Iterator[str]:
    values = {record.place: record.value for record in seen.requests}
    places = set[tuple[str, int, int]]()
    for record in seen.letters:
        told = msgspec.json.decode(record.value or b"{}")
        place = (told["topic"], told["partition"], told["offset"])
        places.add(place)
        carried = None if told["value_base64"] is None else base64.b64decode(told["value_base64"])
        if carried != values.get(place) and not told.get("left_out_bytes"):
            yield f"the dead letter of {place} carries other bytes than the original"
    yield from _same("dead letter", "a poison message", places, poison)


def _originals(seen: Seen, load: Load, answers: Mapping[Key, AbstractSet[bytes]]) -> Iterator[str]:
    """The content that was sent first is the original, and every other one of its id has changed."""
    first: dict[str, Key] = {}
    for record in seen.requests:
        if (key := _request(load, record)) is not None:
            first.setdefault(key[0], key)
    wrong = [
        key
        for key, told in _told(answers)
        if key[0] in first
        and any(reason["code"] == "CONTENT_CHANGED" for reason in told["reasons"]) != (first[key[0]] != key)
    ]
    yield from _offenders("contents wrongly taken for the original, or not", wrong)


def _in_order(seen: Seen, load: Load) -> Iterator[str]:
    asked: dict[bytes, list[Key]] = defaultdict(list)
    for record in seen.requests:
        if (key := _request(load, record)) is not None:
            asked[record.key or b""].append(key)
    gathered: dict[bytes, list[Key]] = defaultdict(list)
    for record in seen.evidence:
        told = msgspec.json.decode(record.value or b"{}")
        gathered[record.key or b""].append((told["request"]["request_id"], told["request_digest"]))
    wrong = [
        f"{buyer.decode()} (asked {mine[:SHOWN]}…, gathered {theirs[:SHOWN]}…)"
        for buyer in asked
        if (mine := list(dict.fromkeys(asked[buyer]))) != (theirs := list(dict.fromkeys(gathered[buyer])))
    ]
    yield from _offenders("buyers whose evidence is not complete and in order", wrong)


def _events(seen: Seen) -> Iterator[str]:
    left = [value for topic, value, _ in seen.outbox if topic == REVIEW_EVENTS.name]
    opened = [told["case_id"] for told in map(msgspec.json.decode, left) if told["event"] == "CASE_OPENED"]
    yield from _same("CASE_OPENED", "a case", set(opened), set(seen.cases))
    yield from _offenders(
        "cases that were opened twice", [case for case, times in Counter(opened).items() if times > 1]
    )
    yield from _offenders("unsent messages in the outbox", [value[:80] for _, value, sent in seen.outbox if not sent])
    yield from _same("review event", "a row of the outbox", {record.value for record in seen.events}, set(left))


def _request(load: Load, record: Record) -> Key | None:
    found = load.by_value.get(record.value)
    return None if found is None else found.request


def _same(name: str, other: str, found: AbstractSet[Any], wanted: AbstractSet[Any]) -> Iterator[str]:
    yield from _offenders(f"missing: there is {other}, but no {name}", wanted - found)
    yield from _offenders(f"extra: there is a {name}, but not {other}", found - wanted)


def _offenders(what: str, who: Iterable[Any]) -> Iterator[str]:
    listed = sorted(map(str, who))
    if listed:
        more = f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
        yield f"{len(listed)} {what}: {', '.join(listed[:SHOWN])}{more}"
