"""``signals list|issue|revoke|partners``: forgeries told to other platforms, and by them, under pseudonyms."""

import getpass
import re
from typing import Annotated, Any

import typer

from streams.adapters.sql.credit import RECEIVED, SENT, SqlCredit
from streams.cases.reviewing.credit import ISSUER_LENGTH, KEY_BYTES, Partner, public_digits
from streams.casework.credit.credit import Credit
from streams.casework.credit.credit_identity import identity_of
from streams.cli.database import current_engine
from streams.cli.printing import DEFAULT_LIMIT, AsJson, Limit, plain, print_json, print_table
from streams.clock import now_ms
from streams.errors import Invalid, NotFound
from streams.settings import load
from streams.wording.dates import moment

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Share confirmed forgeries with other platforms.")
partners = typer.Typer(
    no_args_is_help=True, add_completion=False, help="The platforms that send signals, and how much these count."
)
app.add_typer(partners, name="partners")
Basis = Annotated[str, typer.Option("--basis", help="The consent or legal basis.")]


@app.command("list", epilog="Example: refund-sentinel signals list --received")
def list_signals(
    *,
    sent: Annotated[bool, typer.Option("--sent", help="Only what we sent.")] = False,
    received: Annotated[bool, typer.Option("--received", help="Only what partners sent.")] = False,
    limit: Limit = DEFAULT_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List signals, newest first."""
    direction = SENT if sent and not received else RECEIVED if received and not sent else None
    rows = [_told(way, signal) for way, signal in _store().all(direction, limit)]
    if as_json:
        for row in rows:
            print_json(row)
        return
    columns = ("signal_id", "direction", "issuer", "pseudonym", "revoked")
    cells = [(*(row[name] for name in columns), moment(row["expires_at_ms"])) for row in rows]
    print_table(["signal", "way", "issuer", "pseudonym", "revoked", "expires"], cells)


@app.command(epilog="Example: refund-sentinel signals issue c-0123 --basis 'terms of use, section 7'")
def issue(
    case_id: Annotated[str, typer.Argument(metavar="CASE", help="The case's id.")],
    *,
    basis: Basis,
    as_json: AsJson = False,
) -> None:
    """Tell partners of a forgery that people confirmed, once its case is closed; twice is the same signal."""
    signal = _credit().issue(case_id, basis, now_ms())
    _say(_told(SENT, signal), f"{signal.signal_id} goes to credit.signals.v1", as_json=as_json)


@app.command(epilog="Example: refund-sentinel signals revoke s-0123")
def revoke(
    signal_id: Annotated[str, typer.Argument(metavar="SIGNAL", help="The signal's id, as `signals list` shows it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Take a signal back, as when an appeal overturned the verdict; partners get the revocation under its id."""
    signal = _credit().revoke(signal_id, now_ms())
    _say(_told(SENT, signal), f"{signal.signal_id} is revoked", as_json=as_json)


@partners.command("list", epilog="Example: refund-sentinel signals partners list")
def list_partners(*, as_json: AsJson = False) -> None:
    """List the partners, and our own public key where signals are on."""
    identity = identity_of(load())
    if identity is not None and not as_json:
        typer.echo(f"we are {identity.issuer}, public key {public_digits(identity.key)}")
    rows: list[dict[str, Any]] = [
        {
            "issuer": one.issuer,
            "public_key": one.public_key,
            "weight": one.weight,
            "quota": one.quota,
            "legal_basis": one.legal_basis,
        }
        for one in _store().partners().values()
    ]
    if as_json:
        for row in rows:
            print_json(row)
    else:
        print_table(["issuer", "public key", "weight", "signals a day", "basis"], [tuple(row.values()) for row in rows])


@partners.command(
    "add", epilog="Example: refund-sentinel signals partners add shop-b --public-key HEX --basis 'contract 7'"
)
def add_partner(
    issuer: Annotated[str, typer.Argument(metavar="ISSUER", help="The name that the platform sends under.")],
    *,
    public_key: Annotated[str, typer.Option("--public-key", help="Its Ed25519 public key, 64 hex digits.")],
    basis: Basis,
    weight: Annotated[
        float, typer.Option("--weight", min=0, max=1, help="How much one of its signals counts, 0 to 1.")
    ] = 1.0,
    quota: Annotated[int, typer.Option("--quota", min=1, help="Most new signals that count in a day.")] = 1_000,
) -> None:
    """Take up signals of a platform, or change what is known of it."""
    if not 1 <= len(issuer) <= ISSUER_LENGTH or issuer == load().credit_issuer:
        msg = f"an issuer has a name of 1 to {ISSUER_LENGTH} characters, which is not our own"
        raise Invalid(msg)
    if not re.fullmatch(rf"[0-9a-fA-F]{{{KEY_BYTES * 2}}}", public_key) or not basis.strip():
        msg = f"a partner has a public key of {KEY_BYTES * 2} hex digits, and a legal basis"
        raise Invalid(msg)
    partner = Partner(issuer=issuer, public_key=public_key.lower(), weight=weight, quota=quota, legal_basis=basis)
    _store().add_partner(partner, f"local:{getpass.getuser()}", now_ms())
    typer.echo(f"{plain(issuer)} is a partner")


@partners.command("remove", epilog="Example: refund-sentinel signals partners remove shop-b")
def remove_partner(
    issuer: Annotated[str, typer.Argument(metavar="ISSUER", help="As `signals partners list` shows it.")],
) -> None:
    """Take up no more signals of a platform; what it sent counts no longer."""
    if not _store().remove_partner(issuer):
        msg = f"{issuer} is no partner"
        raise NotFound(msg)
    typer.echo(f"{plain(issuer)} is no partner any more")


def _store() -> SqlCredit:
    return SqlCredit(current_engine(load()))


def _credit() -> Credit:
    return Credit(_store(), identity_of(load()))


def _told(direction: str, signal: Any) -> dict[str, Any]:
    names = ("signal_id", "issuer", "pseudonym", "key_id", "kind", "issued_at_ms", "expires_at_ms", "revoked")
    return {"direction": direction} | {name: getattr(signal, name) for name in names}


def _say(told: dict[str, Any], said: str, *, as_json: bool) -> None:
    print_json(told) if as_json else typer.echo(said)
