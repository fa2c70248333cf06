"""``dlq list|show|replay|resume``: messages that could not be used."""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
import typer

from schemas.records import DeadLetter
from schemas.topics import BY_NAME
from streams.adapters.kafka import dead_letters
from streams.cli.printing import DEFAULT_LIMIT, AsJson, Limit, limited, plain, print_json, print_table, progress
from streams.delivery.dead_letter_limit import paused
from streams.delivery.dead_letter_topic import CLASSES, Box, Summary, Wanted, request_id_of
from streams.delivery.replay_marks import content
from streams.errors import OperatorError
from streams.policy.refusals import near
from streams.settings import load
from streams.wording.dates import moment

SHOWN_CHARACTERS = 2_000
_NEXT = "look at one: `refund-sentinel dlq show TOPIC PARTITION OFFSET`; once mended: `refund-sentinel dlq replay`"

_HEADINGS = (
    "topic",
    "partition",
    "offset",
    "request",
    "key",
    "first seen",
    "class",
    "why",
    "times written",
    "sent again",
    "failed again at offset",
)

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Look at dead letters, and send them again.")

OfTopic = Annotated[str | None, typer.Option("--topic", help="Only letters of messages from this topic.")]
OfClass = Annotated[
    str | None, typer.Option("--class", help="Only letters with this class of error, as `dlq list` shows it.")
]


@app.command("list", epilog="Example: refund-sentinel dlq list --class ContractError --json --limit 0")
def list_(
    *,
    topic: OfTopic = None,
    error_class: OfClass = None,
    as_json: AsJson = False,
    limit: Limit = DEFAULT_LIMIT,
) -> None:
    """List dead letters, newest first; each message once, however often it failed and was sent again."""
    box = asyncio.run(dead_letters.look(load()))
    wanted = Wanted(topic=topic, error_class=error_class)
    found = sorted(
        (one for one in box.summaries.values() if wanted.matches(one)),
        key=lambda one: (-one.first_seen_at_ms, one.identity),
    )
    if not found:
        _require_known(wanted, box)
    if as_json:
        for one in limited(found, limit):
            print_json(asdict(one))
    else:
        if found:
            print_table(_HEADINGS, (_row(one) for one in limited(found, limit)))
        if limit and len(found) > limit:
            typer.echo(f"{len(found) - limit} more: --limit 0 shows all")
        typer.echo(_NEXT if found else "no dead letters")
    if box.unreadable:
        typer.echo(f"{box.unreadable} messages of the dead-letter topic are no dead letters", err=True)


def _require_known(wanted: Wanted, box: Box) -> None:
    """Refuse a name that nothing has: nobody may take a misspelt one for an empty list."""
    letters = box.summaries.values()
    known = (
        ("topic", wanted.topic, {*BY_NAME, *(one.topic for one in letters)}),
        ("class", wanted.error_class, {*CLASSES, *(one.error_class for one in letters)}),
    )
    for what, name, names in known:
        if name is not None and name not in names:
            meant = near(name, names) or ": `refund-sentinel dlq list` shows what there is"
            msg = f"there is no {what} {plain(name)}{meant}"
            raise OperatorError(msg)


@app.command(epilog="Example: refund-sentinel dlq show refund.requests.v1 3 1042")
def show(
    topic: Annotated[str, typer.Argument(help="The original's topic.")],
    partition: Annotated[int, typer.Argument(min=0, help="The original's partition.")],
    offset: Annotated[int, typer.Argument(min=0, help="The original's offset.")],
    *,
    as_json: AsJson = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="Write the original value, byte for byte, and nothing else.")
    ] = False,
) -> None:
    """Show one dead letter: why, its headers, key and value (the first 2,000 characters)."""
    letter = asyncio.run(dead_letters.find(load(), (topic, partition, offset)))
    if raw:
        value = content(letter.value_base64)
        if value is None:
            msg = "the dead letter carries no value: it was null, or too long to be kept"
            raise OperatorError(msg)
        sys.stdout.buffer.write(value)
        sys.stdout.buffer.flush()
    elif as_json:
        print_json(msgspec.to_builtins(letter))
    else:
        for line in _lines(letter):
            typer.echo(plain(line))


@app.command(epilog="Example: refund-sentinel dlq replay --topic refund.requests.v1")
def replay(
    place: Annotated[
        tuple[str, int, int] | None,
        typer.Argument(metavar="[TOPIC PARTITION OFFSET]", help="One message, by the place that `dlq list` shows."),
    ] = None,
    *,
    topic: OfTopic = None,
    error_class: OfClass = None,
    every: Annotated[bool, typer.Option("--all", help="All letters.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also those that were sent again before.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send failed messages back to their topics, byte for byte. Safe to repeat: each is sent again once.

    One that failed once more afterwards is left alone too: mend what is wrong, then say --again. A message is sent
    first and marked then: after a crash between the two it is sent twice, which is harmless.
    """
    if sum((place is not None, every, topic is not None or error_class is not None)) != 1:
        msg = "say which: TOPIC PARTITION OFFSET, or --topic and --class, or --all"
        raise typer.BadParameter(msg)
    wanted = Wanted(topic=topic, error_class=error_class, identity=place)
    done, before = asyncio.run(_replay(wanted, again=again))
    for why in done.refused:
        typer.echo(plain(why), err=True)
    counts = {"sent": len(done.sent), "sent_before": before, "refused": len(done.refused)}
    if as_json:
        print_json(counts)
    else:
        typer.echo(f"{len(done.sent)} sent again, {before} were sent before (--again sends them once more)")
    if done.refused:
        msg = f"{len(done.refused)} could not be sent again"
        raise OperatorError(msg)


async def _replay(wanted: Wanted, *, again: bool) -> tuple[dead_letters.Replay, int]:
    settings = load()
    due, before = await dead_letters.due(settings, wanted, again=again)
    with progress("sending again", len(due)) as on_sent:
        return await dead_letters.replay(settings, due, on_sent), before


@app.command(epilog="Example: refund-sentinel dlq resume --topic refund.requests.v1")
def resume(
    *,
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let workers go on with topics that they paused for too many dead letters.

    Run it where the worker keeps its SENTINEL_DATA_DIR; a paused worker notices within a second and starts afresh.
    """
    folder = load().data_dir
    found = {name: files for name, files in paused(folder).items() if topic in {None, name}}
    if not found:
        what = "nothing" if topic is None else f"no topic {plain(topic)}"
        msg = (
            f"{what} is paused in {folder}: if a worker says that one is, give SENTINEL_DATA_DIR as that worker has it"
        )
        raise OperatorError(msg)
    for name, path in ((name, path) for name, files in found.items() for path in files):
        path.unlink(missing_ok=True)
        if as_json:
            print_json({"topic": name, "file": str(path)})
        else:
            typer.echo(f"resumed {name} ({path})")


def _row(one: Summary) -> tuple[Any, ...]:
    again = None if not one.replays else "yes" if one.replays == 1 else f"{one.replays} times"
    failed = ", ".join(map(str, one.failed_again_at)) or None
    seen = moment(one.first_seen_at_ms)
    return (*one.identity, one.request_id, one.key, seen, one.error_class, one.message, one.repeats, again, failed)


def _lines(letter: DeadLetter) -> Iterator[str]:
    topic, partition, offset = letter.identity
    yield f"{topic}, partition {partition}, offset {offset}"
    yield f"first seen  {moment(letter.first_seen_at_ms)} by {letter.stage}, attempts: {letter.attempts}"
    yield f"error       {letter.error.class_}: {letter.error.message}"
    if (request_id := request_id_of(content(letter.value_base64))) is not None:
        yield f"request     {request_id}"
    yield f"key         {_legible(content(letter.key_base64))}"
    for name, encoded in letter.headers:
        yield f"header      {name}: {_legible(content(encoded))}"
    if letter.left_out_bytes is not None:
        yield f"value       too long to be kept ({letter.left_out_bytes} bytes): read it from its own topic"
    else:
        value = content(letter.value_base64)
        yield f"value       {'null' if value is None else f'{len(value)} bytes'}"
        if value:
            yield _legible(value)


def _legible(raw: bytes | None) -> str:
    """Return bytes as text where they are UTF-8, else in hex; the first characters of either."""
    if raw is None:
        return "null"
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = f"hex {raw[:SHOWN_CHARACTERS].hex(' ')}"
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}… (--raw writes all of it)"
