"""``erase``: a person's photos go from log, segments, evidence store and database, and it is shown that they did."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from streams import log
from streams.adapters.kafka.erased_sightings import KafkaErasedSightings
from streams.adapters.sql.cases.erasures import SqlErasureRecords
from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.storage.objects import open_objects
from streams.adapters.storage.photo_erasure import PhotoEraser
from streams.cases.acts import AuditAct
from streams.cases.record.erasure import Needs, Plan
from streams.casework.record.erasure import Erased, Erasure, Proof, looked_for
from streams.cli.acting import By, Note, act_of
from streams.cli.database import current_engine
from streams.cli.printing import AsJson, plain, print_json, print_table, progress, progress_of
from streams.errors import OperatorError
from streams.settings import Settings, load

ANSWER_S = 30.0
_WHY = {
    "OPEN_CASE": "nobody has decided its case yet: --also-open-cases",
    "MAY_BE_APPEALED": "the verdict on its case may still be appealed: --also-open-cases",
    "CONFIRMED_FORGERY": "people confirmed that it is forged: --also-confirmed-forgeries",
}

_WHAT_WAS_SAID = {True: "nobody can read it any more", False: "stays readable, because something is needed"}

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: refund-sentinel erase --person b-17 --by lin.wei --note 'request 2026-114'")
def erase(  # noqa: PLR0913 - one option each
    person: Annotated[
        list[str], typer.Option(help="The person_id, or the buyer_id where requests had none; may be repeated.")
    ],
    *,
    by: By = "",
    note: Note = "",
    also_open_cases: Annotated[
        bool,
        typer.Option("--also-open-cases", help="Erase photos too of cases that are still to be decided, or appealed."),
    ] = False,
    also_confirmed_forgeries: Annotated[
        bool,
        typer.Option(
            "--also-confirmed-forgeries",
            help="Erase confirmed forgeries too: then nobody notices when they are sent again.",
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go and what would stay.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Erase nothing; look whether everything is gone: reads the whole log.")
    ] = False,
    place_hold: Annotated[
        bool, typer.Option("--place-hold", help="Erase nothing; from now on nothing of the person may be erased.")
    ] = False,
    lift_hold: Annotated[bool, typer.Option("--lift-hold", help="Erase nothing; lift the legal holds.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person's claim photos, and the key to what was said on their cases. Safe to repeat after a failure.

    Files, fingerprints, features and pictures go. Decisions, amounts and cases stay, and audit chains still verify.
    Photos that are still needed stay unless you say otherwise, and while one does, so does the key. A legal hold
    keeps everything. The note stays too: write no name into it.
    """
    log.beside_output()
    settings = load()
    erasure = _erasure(settings)
    _require_known(erasure, person)
    if place_hold or lift_hold:
        _change_holds(erasure, person, act_of(by, note), place=place_hold)
        return
    needs = Needs(open_cases=not also_open_cases, confirmed_forgeries=not also_confirmed_forgeries)
    planned = erasure.plan(person, needs)
    if dry_run:
        _tell_plan(planned, as_json=as_json)
    elif verify:
        _require_something_to_look_for(planned)
        _tell_proof(_prove(erasure, person, looked_for(planned)), planned, as_json=as_json)
    else:
        act = act_of(by, note)
        erasure.require_no_hold(person)
        _confirm(planned, erasure.records.readable(planned.keys_of), yes=yes)
        with progress("erasing", len(planned.going)) as on_done:
            done = erasure.erase(planned, act, on_done)
        _tell(done, planned, _prove(erasure, person, done), as_json=as_json)


def _erasure(settings: Settings) -> Erasure:
    engine = current_engine(settings)
    return Erasure(
        database=SqlCaseDatabase(engine),
        records=SqlErasureRecords(engine),
        store=PhotoEraser(open_objects(settings.evidence_store_url, ANSWER_S)),
        sightings=KafkaErasedSightings(settings),
    )


def _require_known(erasure: Erasure, persons: Sequence[str]) -> None:
    nobody = erasure.unknown(persons)
    if nobody:
        named = ", ".join(map(plain, nobody))
        msg = f"no request of {named} is known, so nothing was done: is it the person_id, or the buyer_id without one?"
        raise OperatorError(msg)


def _prove(erasure: Erasure, persons: Sequence[str], done: Erased) -> Proof:
    with progress_of("reading earlier photos") as on_read:
        return erasure.prove(persons, done, on_read)


def _change_holds(erasure: Erasure, persons: Sequence[str], act: AuditAct, *, place: bool) -> None:
    if place:
        erasure.records.hold(persons, act)
        typer.echo(f"nothing of {', '.join(map(plain, persons))} may be erased from now on")
    elif lifted := erasure.records.lift(persons, act):
        typer.echo(f"{lifted} legal holds lifted")
    else:
        msg = f"there is no legal hold on {', '.join(map(plain, persons))}"
        raise OperatorError(msg)


def _confirm(planned: Plan, readable: int, *, yes: bool) -> None:
    if not planned.going and not readable:
        msg = f"there is nothing to erase; {len(planned.staying)} photos have to stay: --dry-run shows why"
        raise OperatorError(msg)
    if not yes:
        held = f" ({len(planned.staying)} have to stay: --dry-run shows why)" if planned.staying else ""
        said = ", and what was said on their cases" if planned.keys_of else ""
        typer.confirm(f"Erase {len(planned.going)} photos{said} for ever{held}?", abort=True, err=True)


def _tell_plan(planned: Plan, *, as_json: bool) -> None:
    rows = [(photo, None) for photo in planned.going] + list(planned.staying.items())
    if as_json:
        for photo, held in rows:
            print_json(
                {
                    "request_id": photo.request_id,
                    "request_digest": photo.request_digest,
                    "media_id": photo.photo.media_id,
                    "case_id": photo.case_id,
                    "kept": photo.measured,
                    "held": held,
                }
            )
        return
    if rows:
        headings = ("request", "photo", "case", "something is kept of it", "has to stay because")
        told = (
            (one.request_id, one.photo.media_id, one.case_id, "yes" if one.measured else "no", held and _WHY[held])
            for one, held in rows
        )
        print_table(headings, told)
    typer.echo(f"{len(planned.going)} photos would go, {len(planned.staying)} would stay")
    typer.echo(f"what was said on their cases: {'would go' if planned.keys_of else 'would stay, something is needed'}")


def _tell(done: Erased, planned: Plan, proof: Proof, *, as_json: bool) -> None:
    shared = sum(1 for one in done.marked if not done.gone.issuperset(one.bytes))
    if as_json:
        counts = {"photos": len(done.marked), "shared": shared, "held": len(planned.staying)}
        counts |= {"keys": len(planned.keys_of)}
        print_json({"erasure_id": done.erasure_id, **counts, "proof": asdict(proof) | {"holds": proof.holds}})
    else:
        typer.echo(f"{done.erasure_id}: {len(done.marked)} photos erased, {len(planned.staying)} have to stay")
        typer.echo(f"what was said on their cases: {_WHAT_WAS_SAID[bool(planned.keys_of)]}")
        if shared:
            typer.echo(f"the files of {shared} are other people's photos too, or photos of goods: those keep them")
        _tell_look(proof)
    _require(proof)


def _require_something_to_look_for(planned: Plan) -> None:
    """Raise :class:`OperatorError` where every photo stays: that none of no photos is found would prove nothing."""
    if planned.staying and not planned.going:
        msg = (
            f"nothing was looked for: {len(planned.staying)} photos have to stay (--dry-run shows why); give --verify "
            "the --also-… options that they were erased with"
        )
        raise OperatorError(msg)


def _tell_proof(proof: Proof, planned: Plan, *, as_json: bool) -> None:
    counts = {"photos": len(planned.going), "held": len(planned.staying)}
    if as_json:
        print_json({**counts, "proof": asdict(proof) | {"holds": proof.holds}})
    else:
        kept = f"; {counts['held']} have to stay, and were not" if planned.staying else ""
        typer.echo(f"{counts['photos']} photos looked for{kept}")
        _tell_look(proof)
    _require(proof)


def _tell_look(proof: Proof) -> None:
    lines = {
        "evidence store": proof.kept,
        "database": proof.measured,
        "log of earlier photos": proof.written,
        "search among earlier photos": proof.found,
    }
    for where, found in lines.items():
        if found is None:
            typer.echo(f"{where}: not looked, there is no replica here")
        else:
            typer.echo(f"{where}: {', '.join(map(plain, found[:5])) or 'nothing'} found")
    typer.echo(f"what was said on their cases: {proof.readable or 'nothing'} found")
    if not proof.overwritten:
        typer.echo("files of the database: what was deleted may stand in its log still, as somebody reads there")
    for folder in proof.replicas:
        typer.echo(f"searched: {plain(folder)}")


def _require(proof: Proof) -> None:
    if proof.left:
        msg = "something is left: a worker may have been at work on it: run the same command once more"
        raise OperatorError(msg)
    if not proof.holds:
        msg = (
            "whether a search still finds them was not looked at: repeat with --verify where an enrich worker runs, "
            "with its SENTINEL_DATA_DIR (of `worker all`: its own) or SENTINEL_REPLICA_DIR"
        )
        raise OperatorError(msg)
