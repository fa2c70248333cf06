"""``audit verify``: every chain, every sealed head and every stamp, and the first broken link by name."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.time_authority import Rfc3161Check, roots_of
from streams.casework.record.proving import Broken, Proved, prove
from streams.cli.database import current_engine
from streams.cli.printing import AsJson, plain, print_json
from streams.errors import AuditBroken
from streams.settings import load
from streams.wording.dates import moment

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Prove that the audit trail is as it was written.")


@app.callback()
def audit() -> None:
    """Prove that the audit trail is as it was written."""


@app.command(epilog="Example: refund-sentinel audit verify --json")
def verify(
    *,
    head: Annotated[
        str | None, typer.Option(help="A head that was published (a log line, a metric): it has to be there, in hex.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at every case's chain and row, every sealed head and every stamp; name the first that is not as it was."""
    settings = load()
    check = Rfc3161Check(roots_of(settings.time_authority_roots))
    proved = prove(SqlAuditSeals(current_engine(settings)), check, head and head.strip().lower())
    if as_json:
        print_json({"ok": proved.broken is None, **asdict(proved)})
    else:
        for line in _lines(proved):
            typer.echo(line)
    if proved.broken is not None:
        msg = f"{_named(proved.broken)}: {proved.broken.why}"
        raise AuditBroken(msg)


def _lines(proved: Proved) -> Iterator[str]:
    yield f"chains: {proved.cases} cases, {proved.entries} entries, {proved.erased} of them without payload (erased)"
    newest = "" if proved.head is None else f", newest head {proved.head}"
    yield f"seals: {proved.seals}{newest}; {proved.unsealed} entries wait for the next"
    yield f"stamps: {proved.stamps}" + (
        "" if proved.stamped_at_ms is None else f", the newest of {moment(proved.stamped_at_ms)}"
    )
    if proved.untrusted:
        yield "who signed the stamps was not checked: SENTINEL_TIME_AUTHORITY_ROOTS names the root certificates"
    if proved.broken is None:
        yield "all as it was written"


def _named(broken: Broken) -> str:
    if broken.part == "entry":
        return f"entry {broken.seq} of case {plain(str(broken.case_id))} is broken"
    if broken.part == "case":
        return f"case {plain(str(broken.case_id))} is not as its trail leaves it"
    return f"{broken.part}{'' if broken.seal_no is None else f' {broken.seal_no}'} is broken"
