"""The audit trail of a case on a screen: who did what when, where it went, and why."""

from collections.abc import Iterator

from streams.cases.audit import AuditEntry, details_of, in_one_line
from streams.cases.reviewing.withholding import WITHHELD
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
    said, words = details_of(entry.payload), texts("acts").get(entry.action)
    parts = [f"{entry.seq}. {moment(entry.at_ms)}", entry.actor, entry.action, "" if words is None else words.both]
    if "to" in said:
        parts.append(f"{said['from']} → {said['to']}" if "from" in said else f"→ {said['to']}")
    if entry.payload is None:
        parts.append(f"({texts('case_page/notes')['erased'].both})")
    yield "  ".join(filter(None, parts))
    for name, field in texts("case_page/trail").items():
        if said.get(name):
            yield f"     {field.both}: {in_one_line(said[name])}"
