"""``case list|show``: what waits for people, and everything that is kept on one case."""

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import typer

from schemas.records import Reading
from streams.adapters.sql.cases import CaseStore
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.schema import require_current
from streams.cases.audit import AuditEntry
from streams.cases.case import Case, CaseFile
from streams.cases.states import CaseState
from streams.cli.printing import DEFAULT_LIMIT, AsJson, Limit, moment, plain, print_json, print_table
from streams.settings import load

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Look at the cases that people decide.")


@app.command("list", epilog="Example: refund-sentinel case list --state READY --limit 0 --json")
def list_(
    *,
    state: Annotated[CaseState | None, typer.Option(case_sensitive=False, help="Only cases in this state.")] = None,
    as_json: AsJson = False,
    limit: Limit = DEFAULT_LIMIT,
) -> None:
    """List cases, newest first."""
    found = _store().list_cases(state, limit)
    if as_json:
        for case in found:
            print_json(msgspec.to_builtins(case))
        return
    headings = ("case", "state", "score", "reasons", "amount", "buyer", "merchant", "opened", "due", "verdict")
    print_table(headings, (_row(case) for case in found))


@app.command(epilog="Example: refund-sentinel case show c-5f2b8c0d9e1a4b7c8d2e6f3a1b0c9d8e")
def show(
    case_id: Annotated[str, typer.Argument(metavar="CASE", help="The case's id, as `case list` shows it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show one case: why a person looks, in Chinese and English, what was read from the photos, and the audit trail."""
    found = _store().show_case(case_id)
    if as_json:
        print_json(_as_record(found))
        return
    for line in _lines(found):
        typer.echo(plain(line))


def _row(case: Case) -> tuple[Any, ...]:
    return (
        case.case_id,
        case.state,
        case.score,
        " ".join(case.reason_codes),
        money(case.amount_minor, case.currency),
        case.buyer_id,
        case.merchant_id,
        moment(case.opened_at_ms),
        None if case.due_at_ms is None else moment(case.due_at_ms),
        case.verdict,
    )


def money(amount_minor: int, currency: str) -> str:
    """Return an amount with its currency. Which currency has how many decimals is not ours to know: CNY has two."""
    if currency == "CNY":
        return f"{amount_minor // 100}.{amount_minor % 100:02d} CNY"
    return f"{amount_minor} {currency} (smallest unit)"


def _lines(found: CaseFile) -> Iterator[str]:
    case, decision = found.case, found.decision
    yield f"{case.case_id}  {case.state}  score {case.score}"
    yield f"request     {case.request_id}  {case.request_digest}"
    yield f"parties     buyer {case.buyer_id} (person {case.person}), merchant {case.merchant_id}"
    yield f"amount      {money(case.amount_minor, case.currency)}"
    due = "" if case.due_at_ms is None else f", due {moment(case.due_at_ms)}"
    yield f"opened      {moment(case.opened_at_ms)}{due}, changed {case.version - 1} times, cluster {case.cluster_id}"
    if case.verdict is not None and case.decided_at_ms is not None:
        yield f"verdict     {case.verdict}, {moment(case.decided_at_ms)}"
    yield f"policy      {decision.policy.name}, sha256 {decision.policy.sha256}"
    yield "\nwhy a person looks"
    for reason in decision.reasons:
        yield f"  {reason.code}"
        yield f"    {reason.text.zh}"
        yield f"    {reason.text.en}"
        yield from (f"      {reading_line(reading)}" for reading in reason.readings)
    if decision.recommended:
        yield f"\nrecommended  {', '.join(decision.recommended)}"
    if found.photo_matches:
        yield "\nearlier photos that look alike"
    for match in found.photo_matches:
        of_request = f" of request {match.earlier_request_id}" if match.earlier_request_id else ""
        yield (
            f"  {match.media_id}: {match.earlier_source} photo {match.earlier_media_id or match.earlier_sighting_id}"
            f"{of_request}, {match.distance_bits} of 256 bits apart, position {match.earlier_position}"
        )
    yield "\naudit trail"
    yield from (_audit_line(entry) for entry in found.audit)


def reading_line(reading: Reading) -> str:
    """Return one reading in one line: what of which photo is how much, or why that is not known."""
    of = f" of {reading.media_id}" if reading.media_id else ""
    against = f" against {reading.reference_id}" if reading.reference_id else ""
    if reading.unmeasured is not None:
        return f"{reading.name}{of}{against}: not measured: {reading.unmeasured}"
    value = f"{reading.value:g}" if isinstance(reading.value, float) else str(reading.value)
    return f"{reading.name}{of}{against}: {value}{f' {reading.unit}' if reading.unit else ''}"


def _audit_line(entry: AuditEntry) -> str:
    what = "(erased)" if entry.payload is None else entry.payload.decode(errors="replace")
    return f"  {entry.seq}. {moment(entry.at_ms)}  {entry.actor}  {entry.action}  {what}"


def _as_record(found: CaseFile) -> dict[str, Any]:
    return {
        "case": msgspec.to_builtins(found.case),
        "decision": msgspec.to_builtins(found.decision),
        "photo_matches": [msgspec.to_builtins(match) for match in found.photo_matches],
        "audit": [_audit_record(entry) for entry in found.audit],
    }


def _audit_record(entry: AuditEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at_ms": entry.at_ms,
        "actor": entry.actor,
        "action": entry.action,
        "payload": None if entry.payload is None else entry.payload.decode(errors="replace"),
        "salt": None if entry.salt is None else entry.salt.hex(),
        "commitment": entry.commitment.hex(),
        "link": entry.link.hex(),
    }


def _store() -> CaseStore:
    engine = open_engine(load().database_url)
    require_current(engine)
    return CaseStore(engine)
