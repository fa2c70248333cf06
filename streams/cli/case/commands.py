"""``case list|show|cluster``: what waits for people, and everything that is kept on one case or around it."""

from typing import Any

import msgspec
import typer

from streams.cases.audit import AuditEntry
from streams.cases.case import Case, CaseFile
from streams.cases.record.query import CaseOrder, CaseQuery, ids_asked
from streams.cases.reviewing.withholding import case_shown
from streams.cli.case import query as options
from streams.cli.case.assignments import app as assignments
from streams.cli.case.cluster import members_table, sums
from streams.cli.case.evidence import app as evidence
from streams.cli.case.golden import app as golden
from streams.cli.case.page import page
from streams.cli.case.parties import app as parties
from streams.cli.case.photo_views import app as photo_views
from streams.cli.case.quality import app as quality
from streams.cli.case.reasons import app as statements
from streams.cli.case.recommendations import app as recommendations
from streams.cli.case.record import case_record, for_reviewers
from streams.cli.case.reviewers import app as reviewers
from streams.cli.case.verdict import app as verdicts
from streams.cli.case.work import CaseName, Senior
from streams.cli.case.work import app as work
from streams.cli.database import case_files, require_known
from streams.cli.printing import DEFAULT_LIMIT, AsJson, Limit, console, plain, print_json, print_table
from streams.clock import now_ms
from streams.errors import NotFound
from streams.policy.reasons import reasons
from streams.policy.refusals import meant
from streams.settings import load
from streams.wording import money
from streams.wording.dates import moment

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Look at the cases that people decide, and work on them."
)
app.add_typer(work)
app.add_typer(parties)
app.add_typer(verdicts)
app.add_typer(assignments)
app.add_typer(reviewers)
app.add_typer(quality)
app.add_typer(evidence)
app.add_typer(statements)
app.add_typer(recommendations)
app.add_typer(photo_views)
app.add_typer(golden, name="golden")

HEADINGS = (
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


@app.command("list", epilog="Example: refund-sentinel case list --state READY --sort due --limit 0 --json")
def list_(  # noqa: PLR0913 - one option each
    *,
    state: options.State = None,
    request: options.Request = None,
    buyer: options.Buyer = None,
    merchant: options.Merchant = None,
    order: options.Order = None,
    reason: options.Reason = None,
    older_than: options.OlderThan = None,
    newer_than: options.NewerThan = None,
    sort: options.Sort = CaseOrder.NEWEST,
    unmasked: options.Unmasked = False,
    as_json: AsJson = False,
    limit: Limit = DEFAULT_LIMIT,
) -> None:
    """List cases, newest first unless asked otherwise; of several options each has to fit."""
    now = now_ms()
    query = CaseQuery(
        state=state,
        request_id=request,
        buyer_id=buyer,
        merchant_id=merchant,
        order_id=order,
        reason=reason,
        opened_before_ms=None if older_than is None else now - older_than,
        opened_after_ms=None if newer_than is None else now - newer_than,
        order=sort,
        blind=not unmasked,
    )
    if reason is not None and reason not in reasons().reasons:
        msg = f"there is no reason {plain(reason)}{meant(reason, reasons().reasons)}"
        raise NotFound(msg)
    files = case_files(load())
    found = list(files.list_cases(query, limit))
    if not found:
        require_known(files, ids_asked(query))
    if not unmasked:
        found = [case_shown(case, senior=False) for case in found]
    if as_json:
        for case in found:
            print_json(case_record(case))
        return
    rows = [_row(case) for case in found]
    print_table(HEADINGS, rows)
    if limit and len(rows) == limit:
        typer.echo("there may be more: --limit 0 shows all")


@app.command(epilog="Example: refund-sentinel case show c-5f2b8c0d9e1a4b7c8d2e6f3a1b0c9d8e")
def show(
    case: CaseName, *, senior: Senior = False, unmasked: options.Unmasked = False, as_json: AsJson = False
) -> None:
    """Show one case: why a person looks, in Chinese and English, what was read from the photos, and the audit trail.

    Of several cases of one request it is the newest, which lists the others. A verdict that another person has to come
    to as well is not shown before; nor is, without --unmasked, that somebody looked at it.
    """
    settings = load()
    found = case_files(settings).show(case, senior=senior)
    if not unmasked:
        found = for_reviewers(found, senior=senior)
    if as_json:
        print_json(_as_record(found))
        return
    to = console()
    for part in page(found, settings.evidence_store_url):
        to.print(part)


@app.command(epilog="Example: refund-sentinel case cluster c-5f2b8c0d9e1a4b7c8d2e6f3a1b0c9d8e --limit 0 --json")
def cluster(case: CaseName, *, as_json: AsJson = False, limit: Limit = DEFAULT_LIMIT) -> None:
    """List everything that was decided on the picture of a case: its cluster, oldest first."""
    name, members = case_files(load()).cluster(case)
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
        **case_record(found.case),
        "case": case_record(found.case),
        "contents": [msgspec.to_builtins(claim) for claim in found.contents],
        "related": [msgspec.to_builtins(case) for case in found.related],
        "decision": msgspec.to_builtins(found.decision),
        "photo_matches": [msgspec.to_builtins(match) for match in found.photo_matches],
        "follow_ups": [msgspec.to_builtins(sent) for sent in found.follow_ups],
        "verdicts": [msgspec.to_builtins(given) for given in found.verdicts],
        "audit_broken_at": found.audit_broken_at,
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
