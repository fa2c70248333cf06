"""``submit FILE.jsonl``: sends records as a platform would, and shows the decisions on them."""

import asyncio
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Annotated, Literal

import msgspec
import typer

from schemas.records import RefundDecided
from schemas.topics import BY_NAME, REQUESTS, Topic
from streams.adapters.kafka import platform_client
from streams.cli.dashes import DASH
from streams.cli.printing import AsJson, plain, print_json, print_table, progress
from streams.cli.submission import BadLine, Identity, Line, lines
from streams.errors import OperatorError
from streams.settings import Settings, load

SHOWN_BAD_LINES = 20

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: refund-sentinel submit requests.jsonl --wait 30")
def submit(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.jsonl", allow_dash=True, help="A file with one JSON record a line; - reads standard input."
        ),
    ],
    *,
    topic: Annotated[
        Literal["refund.requests.v1", "catalogue.photos.v1", "refund.outcomes.v1"],
        typer.Option(help="The topic to send to."),
    ] = "refund.requests.v1",
    skip_invalid: Annotated[
        bool, typer.Option("--skip-invalid", help="Leave out lines that break the contract, and send the others.")
    ] = False,
    wait: Annotated[
        float | None,
        typer.Option(min=0.1, metavar="SECONDS", help="Seconds to wait for the decisions, which are then shown."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send records in the order of the file, each confirmed; none is sent when a line breaks the contract."""
    if wait is not None and topic != REQUESTS.name:
        msg = f"only {REQUESTS.name} is answered by decisions"
        raise typer.BadParameter(msg, param_hint="--wait")
    settings, to = load(), BY_NAME[topic]
    with _opened(file) as opened:
        good, bad = _looked_through(opened, to)
        if bad and not skip_invalid:
            msg = f"{bad} of {good + bad} lines break the contract: nothing was sent; mend them or give --skip-invalid"
            raise OperatorError(msg)
        asked, decided = asyncio.run(_send(settings, to, opened, wait, good))
    if wait is None:
        _tell_counts(good, bad, topic, as_json=as_json)
    else:
        _tell_decisions(asked, decided, wait, as_json=as_json)


async def _send(
    settings: Settings, topic: Topic, file: IO[bytes], wait_s: float | None, total: int
) -> tuple[list[Identity], Mapping[Identity, RefundDecided]]:
    """Send the good lines; with ``wait_s`` return what was asked, in order, and the decisions on it."""
    messages = ((line.key(topic), line.raw) for line in _good(file, topic))
    if wait_s is None:
        with progress("sending", total) as on_sent:
            await platform_client.send(settings, topic, messages, on_sent)
        return [], {}
    async with platform_client.answers(settings) as answers:  # before the first is sent: none is missed
        with progress("sending", total) as on_sent:
            await platform_client.send(settings, topic, messages, on_sent)
        asked = list(dict.fromkeys(identity for line in _good(file, topic) if (identity := line.identity())))
        with progress("waiting for decisions", len(asked)) as on_found:
            return asked, await answers.of(asked, wait_s, on_found)


def _looked_through(file: IO[bytes], topic: Topic) -> tuple[int, int]:
    """Return how many lines are good and how many bad, after saying what is wrong with the first of these."""
    good = bad = 0
    for line in lines(file, topic):
        if isinstance(line, Line):
            good += 1
            continue
        bad += 1
        if bad <= SHOWN_BAD_LINES:
            typer.echo(plain(f"line {line.number}: {line.why}"), err=True)
    return good, bad


def _good(file: IO[bytes], topic: Topic) -> Iterator[Line]:
    return (line for line in lines(file, topic) if not isinstance(line, BadLine))


def _tell_counts(good: int, bad: int, topic: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"topic": topic, "sent": good, "skipped": bad})
    else:
        typer.echo(f"{good} sent to {topic}{f', {bad} skipped' if bad else ''}")


def _tell_decisions(
    asked: Sequence[Identity], decided: Mapping[Identity, RefundDecided], wait_s: float, *, as_json: bool
) -> None:
    found = [decided[identity] for identity in asked if identity in decided]
    if as_json:
        for decision in found:
            print_json(msgspec.to_builtins(decision))
    else:
        print_table(("request", "decision", "score", "reasons", "case"), (_row(decision) for decision in found))
    if len(found) < len(asked):
        msg = (
            f"{len(asked) - len(found)} of {len(asked)} are not decided after {wait_s:g} s: do workers run, and are "
            "they ready? `refund-sentinel dlq list` shows what they could not use"
        )
        raise OperatorError(msg)


def _row(decision: RefundDecided) -> tuple[object, ...]:
    codes = " ".join(reason.code for reason in decision.reasons)
    return (decision.request_id, decision.verdict, decision.score, codes, decision.case_id)


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    """Give the file to be read more than once; standard input is kept in a temporary one."""
    if file != DASH:
        with file.open("rb") as opened:
            yield opened
        return
    with TemporaryFile() as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        yield kept
