"""The audit trail of a case on a screen: who did what when, where it went, and why."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from streams.cases.audit import AuditEntry
from streams.cases.withholding import WITHHELD
from streams.wording.dates import moment
from streams.wording.tables import texts


def chain(broken: int | None) -> str:
    """Return that the chain of entries holds, or that it does not from entry ``broken`` on."""
    notes = texts("case_page/notes")
    return notes["unbroken"].both if broken is None else notes["broken"].filled(entry=broken).both


def lines(entry: AuditEntry) -> Iterator[str]:
    """Give what an entry says: the act, then what was noted with it."""
    if entry.action == WITHHELD:
        yield f"{entry.seq}. {moment(entry.at_ms)}  {WITHHELD}  {texts('case_page/notes')['withheld'].both}"
        return
    said, words = _said(entry.payload), texts("acts").get(entry.action)
    parts = [f"{entry.seq}. {moment(entry.at_ms)}", entry.actor, entry.action, "" if words is None else words.both]
    if "to" in said:
        parts.append(f"{said['from']} → {said['to']}" if "from" in said else f"→ {said['to']}")
    if entry.payload is None:
        parts.append(f"({texts('case_page/notes')['erased'].both})")
    yield "  ".join(filter(None, parts))
    for name, field in texts("case_page/trail").items():
        if said.get(name):
            yield f"     {field.both}: {_shown(said[name])}"


def _said(payload: bytes | None) -> Mapping[str, Any]:
    try:
        found = msgspec.json.decode(payload or b"{}")
    except msgspec.DecodeError:  # then the chain is broken as well, and says so
        return {}
    return found if isinstance(found, dict) else {}


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
