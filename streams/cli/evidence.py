"""``evidence export|verify``: a case as one file that stands on its own, and the look whether it is as it was made."""

import errno
import getpass
import os
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from cryptography.x509 import load_pem_x509_certificates
from sqlalchemy import Engine

from streams import log
from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.sql.package_records import SqlPackageRecords
from streams.adapters.storage.objects import open_objects
from streams.adapters.time_authority import HttpTimeAuthority, Rfc3161Check, roots_of
from streams.casework.package import verification
from streams.casework.package.contents import Asked, Made
from streams.casework.package.export import Exporter
from streams.casework.package.pdf import a_font
from streams.casework.package.ports import Audience
from streams.cli.database import case_files, current_engine
from streams.cli.printing import AsJson, plain, print_json
from streams.clock import now_ms
from streams.errors import AuditBroken, BadStamp, OperatorError, SettingsError
from streams.metrics import program_version
from streams.settings import Settings, load

ANSWER_S = 30.0
app = typer.Typer(no_args_is_help=True, add_completion=False, help="Export a case as evidence, and verify what was.")


@app.callback()
def evidence() -> None:
    """Export a case as evidence, and verify what was."""


@app.command(epilog="Example: refund-sentinel evidence export c-17 --for police --out c-17.zip")
def export(
    case: Annotated[str, typer.Argument(help="The case's id, or that of its request.")],
    out: Annotated[Path, typer.Option(help="The file to make: .zip.")],
    *,
    audience: Annotated[Audience, typer.Option("--for", help="Who gets it.")] = "police",
    font: Annotated[Path | None, typer.Option(help="A Chinese font for the PDF; none: one of this machine.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who exports it: a person's name or account.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make one file of a case: originals, comparison, readings, decision trail, law, statement on the system, proof.

    An AI provider gets the claim's photos and their proof alone. Entries that no seal covers yet are sealed first. The
    same version of a case as of the same seal gives the same bytes.
    """
    log.beside_output()
    settings = load()
    engine = current_engine(settings)
    asked = Asked(
        found=case_files(settings).show(case),
        audience=audience,
        version=program_version(),
        font=_font(font),
        roots=None if settings.time_authority_roots is None else settings.time_authority_roots.read_bytes(),
    )
    made = _written(_exporter(settings, engine), asked, out, f"local:{by.strip() or getpass.getuser()}"[:128])
    if as_json:
        print_json({"file": str(out), **asdict(made)})
        return
    typer.echo(f"{out}: case {plain(made.case_id)}, version {made.version}, as of seal {made.seal_no}")
    typer.echo(f"SHA-256 of its list: {made.list_sha256}")
    for note in _notes(made):
        typer.echo(note, err=True)


def _written(exporter: Exporter, asked: Asked, out: Path, by: str) -> Made:
    """Return what was made; the file is there whole, or not at all.

    ``OSError`` names the file that was asked for, not the one beside it that becomes it.
    """
    try:
        if out.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if out.exists() and not out.is_file():  # whoever may write to /dev would have a file in the place of /dev/null
            msg = f"{out} is no file: name one, as case.zip"
            raise OperatorError(msg)
        return _made_beside(exporter, asked, out, by)
    except OSError as exc:
        if exc.errno is None:
            raise
        raise OSError(exc.errno, exc.strerror, str(out)) from exc


def _made_beside(exporter: Exporter, asked: Asked, out: Path, by: str) -> Made:
    with tempfile.NamedTemporaryFile(dir=out.absolute().parent, prefix=f".{out.name}.", delete=False) as to:
        try:
            made = exporter.export(asked, to, by, now_ms())
            to.flush()
        except BaseException:
            Path(to.name).unlink()
            raise
    Path(to.name).chmod(0o600)  # it holds what parties said and showed
    Path(to.name).replace(out)
    return made


def _exporter(settings: Settings, engine: Engine) -> Exporter:
    url, check = settings.time_authority_url, Rfc3161Check(roots_of(settings.time_authority_roots))
    return Exporter(
        records=SqlPackageRecords(engine),
        seals=SqlAuditSeals(engine),
        originals=open_objects(settings.evidence_store_url, ANSWER_S),
        authority=None if url is None else HttpTimeAuthority(url, check),
    )


def _font(given: Path | None) -> Path | None:
    if given is not None and not given.is_file():
        msg = f"--font: {given} is not there"
        raise SettingsError(msg)
    return a_font(given)


def _notes(made: Made) -> list[str]:
    why = {True: "sent, and not looked at when this was sealed", False: "kept here no more, or never was"}
    notes = [f"{why[name in made.unread]}, so not in it: {plain(name)}" for name in made.missing]
    if not made.stamped:
        notes.append("no time stamp covers it yet: verify will say 'not stamped'; export it again once one does")
    if not made.pdf:
        notes.append("no PDF: this machine has no Chinese font (apt-get install fonts-noto-cjk, or --font FILE)")
    return notes


@app.command(epilog="Example: refund-sentinel evidence verify c-17.zip")
def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The package.")],
    *,
    roots: Annotated[
        Path | None, typer.Option(help="Root certificates of the time authority (PEM); none: those of the package.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say of each file: unchanged, altered, missing, added or not stamped. Needs no network, database or settings.

    Without this program: python3 verify.py PACKAGE.zip, with the file that is in the package.
    """
    try:
        found = verification.verify(file, by_rfc3161, None if roots is None else roots.read_bytes())
    except (OSError, ValueError, EOFError, NotImplementedError, zipfile.BadZipFile) as exc:
        msg = f"{file} is no package that can be read ({exc})"
        raise OperatorError(msg) from exc
    if as_json:
        print_json(found)
    else:
        for line in verification.lines(found):
            typer.echo(plain(line))
    if not found["ok"]:
        bad = [one for one in found["files"] if one["status"] in {"altered", "missing", "added"}]
        msg = f"{len(bad)} files are not as they were exported: {plain(bad[0]['path'])} is {bad[0]['status']}"
        raise AuditBroken(msg)


def by_rfc3161(response: bytes, head: bytes, roots: bytes | None) -> str | None:
    """Return why a response is no stamp on ``head``; None: it is one, by these root certificates."""
    if roots is None:
        return verification.altered(response, head) or "there are no root certificates to check who signed it: --roots"
    try:
        Rfc3161Check(load_pem_x509_certificates(roots)).stamped_at_ms(response, head)
    except BadStamp as exc:
        return verification.altered(response, head) or str(exc)
    except ValueError:
        return verification.altered(response, head) or "these are no root certificates"
    return None
