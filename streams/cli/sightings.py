"""``sightings …``: the earlier photos that this host keeps for its workers."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from schemas.records import EarlierSighting, Fingerprint
from schemas.units import DAY_MS, FAR_BITS, NEAR_BITS
from streams.adapters.kafka.offline_replica import rebuild
from streams.adapters.kafka.replica_index import folder_of, folders_of
from streams.cli.printing import DEFAULT_LIMIT, AsJson, Limit, print_json, print_table, progress_of
from streams.clock import now_ms
from streams.errors import OperatorError, ReplicaDamaged
from streams.evidence.features.fingerprints import VERSION, poses
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from streams.evidence.looking.blankness import is_blank
from streams.log import beside_output
from streams.settings import Settings, load
from streams.sightings.anonymous import anonymous
from streams.sightings.folder import Folder
from streams.sightings.index import SightingIndex
from streams.sightings.segment import Segment
from streams.sightings.stats import Stats
from streams.wording.dates import moment

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Look at the earlier photos that this host keeps, check their files, and make them anew from the log. "
    "Run it with the SENTINEL_DATA_DIR or SENTINEL_REPLICA_DIR of the worker, or of `worker all`.",
)


@app.command(epilog="Example: refund-sentinel sightings stats --json")
def stats(*, as_json: AsJson = False) -> None:
    """Show what the segments of each worker hold, and how many bytes a photo takes."""
    for folder, index in _open(load()).items():
        found = index.stats()
        record = {"folder": str(folder), **asdict(found), **_bytes_each(found)}
        if as_json:
            print_json(record)
        else:
            rows = [(name.replace("_", " "), _shown(value)) for name, value in record.items()]
            print_table(("what", "how many"), rows)


@app.command(epilog="Example: refund-sentinel sightings search claims/c1.jpg --max-bits 60")
def search(
    photo: Annotated[Path | None, typer.Argument(help="A photo; its mirrored and turned variants count too.")] = None,
    *,
    bits: Annotated[str | None, typer.Option(help="A fingerprint instead: 64 hexadecimal digits.")] = None,
    max_bits: Annotated[int, typer.Option(min=0, max=FAR_BITS, help="Bits of 256 that may differ.")] = NEAR_BITS,
    limit: Limit = DEFAULT_LIMIT,
    as_json: AsJson = False,
) -> None:
    """Find a photo among the sealed ones, nearest first; a worker's newest are still in its memory.

    Where several workers keep earlier photos here, what the one that has sealed most keeps is searched: all read the
    same log.
    """
    if (photo is None) == (bits is None):
        msg = "give a photo, or --bits"
        raise typer.BadParameter(msg)
    settings = load()
    asked, *variants = _asked(settings, photo, bits)
    index = max(_open(settings).values(), key=lambda one: one.position)
    sighting = anonymous(Fingerprint(version=VERSION, bits=asked), now_ms())
    found = index.search(sighting, index.position, variants=variants, max_bits=max_bits, at_most=limit or len(index))
    if as_json:
        for one in found.sightings:
            print_json(msgspec.to_builtins(one))
        return
    if found.sightings:
        headings = ("sighting", "bits", "source", "merchant", "request", "buyer", "seen")
        print_table(headings, map(_row, found.sightings))
    more = f", {found.left_out} more: --limit 0 shows all" if found.left_out else ""
    typer.echo(f"{len(found.sightings)} of {len(index)} photos below position {index.position}{more}")


@app.command(epilog="Example: refund-sentinel sightings verify")
def verify(*, as_json: AsJson = False) -> None:
    """Read every segment and compare it with its checksums; status 1 where one is not what was written."""
    damaged = 0
    for folder in map(Folder, _folders(load())):
        for named in folder.read().segments:
            path = folder.path / named.file
            why = _damage(path)
            damaged += why is not None
            if as_json:
                record = {"folder": str(folder.path), "file": named.file, "from_position": named.since, "damage": why}
                print_json(record)
            else:
                typer.echo(f"{path}: {why or 'as it was written'}")
    if damaged:
        msg = "start the worker again: it sets the damaged file aside and makes it anew from the log"
        raise OperatorError(msg)


@app.command("rebuild", epilog="Example: refund-sentinel sightings rebuild")
def rebuild_(*, as_json: AsJson = False) -> None:
    """Make all segments anew from the log; the workers that share the folder must be stopped."""
    settings = load()
    beside_output()
    for folder in _folders(settings):
        with progress_of("reading earlier photos") as on_read:
            found = asyncio.run(rebuild(settings, folder, on_read))
        if as_json:
            print_json({"folder": str(folder), **asdict(found)})
        else:
            typer.echo(f"{folder}: {found.photos} photos up to position {found.position}")


def _folders(settings: Settings) -> list[Path]:
    folders = folders_of(settings)
    if not folders:
        msg = (
            f"there is no folder {folder_of(settings)}, nor one of `worker all` below {settings.data_dir}: "
            "give SENTINEL_DATA_DIR or SENTINEL_REPLICA_DIR as the worker has it"
        )
        raise OperatorError(msg)
    return folders


def _open(settings: Settings) -> dict[Path, SightingIndex]:
    beside_output()
    look_back_ms = settings.look_back_days * DAY_MS
    return {folder: SightingIndex(folder, look_back_ms, only_look=True) for folder in _folders(settings)}


def _damage(path: Path) -> str | None:
    try:
        Segment(path).verify()
    except (ReplicaDamaged, FileNotFoundError) as exc:
        return str(exc)
    return None


def _asked(settings: Settings, photo: Path | None, bits: str | None) -> list[str]:
    """Return the fingerprints to look for, the photo as it is first."""
    if photo is not None:
        limits = Limits(settings.photo_limit_bytes, settings.photo_limit_pixels)
        grey = decode(photo.read_bytes(), limits).grey
        if is_blank(grey):
            msg = f"{photo} shows nothing that other photos could be found by"
            raise OperatorError(msg)
        return [pose.bits for pose in poses(grey)]
    try:
        if bits is not None and len(bytes.fromhex(bits)) == 32:  # noqa: PLR2004 - the bytes of a fingerprint
            return [bits]
    except ValueError:
        pass
    msg = "--bits takes 64 hexadecimal digits"
    raise typer.BadParameter(msg)


def _bytes_each(found: Stats) -> dict[str, float]:
    sealed = max(1, found.photos - found.in_memory)
    return {
        "index_bytes_per_photo": round(found.index_bytes / sealed, 1),
        "owner_bytes_per_photo": round((found.file_bytes - found.index_bytes) / sealed, 1),
    }


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _row(one: EarlierSighting) -> tuple[object, ...]:
    seen = None if one.seen_at_ms is None else moment(one.seen_at_ms)
    return (one.sighting_id, one.distance_bits, one.source, one.merchant_id, one.request_id, one.buyer_id, seen)
