"""``case list|show|cluster``: what waits for people, and everything that is kept on one case or around it."""

from typing import Annotated, Any

import msgspec
import typer

from streams.adapters.sql.cases import CaseStore
from streams.cases.audit import AuditEntry
from streams.cases.case import Case, CaseFile
from streams.cases.states import CaseState
from streams.cli.case_cluster import members_table, sums
from streams.cli.case_page import page
from streams.cli.case_work import CaseId, current_engine
from streams.cli.case_work import app as work
from streams.cli.printing import DEFAULT_LIMIT, AsJson, Limit, console, plain, print_json, print_table
from streams.settings import Settings, load
from streams.wording import money
from streams.wording.dates import moment

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Look at the cases that people decide, and work on them."
)
app.add_typer(work)


@app.command("list", epilog="Example: refund-sentinel case list --state READY --limit 0 --json")
def list_(
    *,
    state: Annotated[CaseState | None, typer.Option(case_sensitive=False, help="Only cases in this state.")] = None,
    as_json: AsJson = False,
    limit: Limit = DEFAULT_LIMIT,
) -> None:
    """List cases, newest first."""
    found = _store(load()).list_cases(state, limit)
    if as_json:
        for case in found:
            print_json(msgspec.to_builtins(case))
        return
    headings = (
        "case",
        "cluster",
        "request",
        "state",
        "score",
        "reasons",
        "amount",
        "buyer",
        "merchant",
        "opened",
        "due",
        "verdict",
    )
    rows = [_row(case) for case in found]
    print_table(headings, rows)
    if limit and len(rows) == limit:
        typer.echo("there may be more: --limit 0 shows all")


@app.command(epilog="Example: refund-sentinel case show c-5f2b8c0d9e1a4b7c8d2e6f3a1b0c9d8e")
def show(
    case_id: CaseId,
    *,
    as_json: AsJson = False,
) -> None:
    """Show one case: why a person looks, in Chinese and English, what was read from the photos, and the audit trail."""
    settings = load()
    found = _store(settings).show_case(case_id)
    if as_json:
        print_json(_as_record(found))
        return
    to = console()
    for part in page(found, settings.evidence_store_url):
        to.print(part)


@app.command(epilog="Example: refund-sentinel case cluster c-5f2b8c0d9e1a4b7c8d2e6f3a1b0c9d8e --limit 0 --json")
def cluster(case_id: CaseId, *, as_json: AsJson = False, limit: Limit = DEFAULT_LIMIT) -> None:
    """List everything that was decided on the picture of a case: its cluster, oldest first."""
    name, members = _store(load()).show_cluster(case_id)
    shown = members[:limit] if limit else members
    if as_json:
        for member in shown:
            print_json({"cluster_id": name, **msgspec.to_builtins(member)})
        return
    to = console()
    to.print(f"cluster {plain(name)}: {sums(members)}")
    members_table(shown)
    if len(shown) < len(members):
        typer.echo(f"{len(members) - len(shown)} more: --limit 0 shows all")


def _row(case: Case) -> tuple[Any, ...]:
    return (
        case.case_id,
        case.cluster_id,
        case.request_id,
        case.state,
        case.score,
        " ".join(case.reason_codes),
        money.in_words(case.amount_minor, case.currency),
        case.buyer_id,
        case.merchant_id,
        moment(case.opened_at_ms),
        None if case.due_at_ms is None else moment(case.due_at_ms),
        case.verdict,
    )


def _as_record(found: CaseFile) -> dict[str, Any]:
    return {
        "case": msgspec.to_builtins(found.case),
        "contents": [msgspec.to_builtins(claim) for claim in found.contents],
        "related": [msgspec.to_builtins(case) for case in found.related],
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


def _store(settings: Settings) -> CaseStore:
    return CaseStore(current_engine(settings))
