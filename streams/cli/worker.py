"""``worker enrich|decide|all``: the processes that answer requests."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Annotated, Literal

import typer

from streams import log
from streams.cli.supervisor import Supervisor, Work
from streams.settings import Settings, load

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Run the workers that answer requests.")

Kind = Literal["enrich", "decide"]
HowMany = Annotated[int, typer.Option(min=0, max=64, help="How many of these to run.")]


@app.command(epilog="Example: SENTINEL_BROKER=kafka://127.0.0.1:9092 refund-sentinel worker enrich")
def enrich() -> None:
    """Turn requests and catalogue photos into evidence, until SIGTERM or Ctrl-C."""
    _work("enrich")


@app.command(epilog="Example: SENTINEL_DATABASE_URL=sqlite:///sentinel.db refund-sentinel worker decide")
def decide() -> None:
    """Turn evidence into decisions and cases, until SIGTERM or Ctrl-C."""
    _work("decide")


@app.command("all", epilog="Example: refund-sentinel worker all --enrich 2 --decide 1")
def all_(enrich: HowMany = 1, decide: HowMany = 1) -> None:
    """Run both kinds as processes of their own and start again what ends, until SIGTERM or Ctrl-C."""
    if not enrich + decide:
        msg = "give at least one --enrich or --decide"
        raise typer.BadParameter(msg)
    settings = load()
    log.configure(settings)
    raise typer.Exit(Supervisor(children(settings, {"enrich": enrich, "decide": decide})).run())


def children(settings: Settings, counts: Mapping[Kind, int]) -> list[Work]:
    """Return the processes of ``worker all``: each with a folder, a name in its group and a port of its own."""
    names = [(kind, f"{kind}-{number}") for kind, count in counts.items() for number in range(count)]
    return [
        Work(
            name=name,
            command=(sys.executable, "-m", "streams.cli", "worker", kind),
            environment={
                "SENTINEL_DATA_DIR": str(settings.data_dir / name),
                "SENTINEL_HTTP_PORT": str(settings.http_port and settings.http_port + place),
            }
            | ({"SENTINEL_INSTANCE": f"{settings.instance}-{name}"} if settings.instance else {}),
        )
        for place, (kind, name) in enumerate(names)
    ]


def _work(kind: Kind) -> None:
    settings = load()
    log.configure(settings)
    from streams.agents.compose import work  # noqa: PLC0415 - Faust and the database's libraries take a second to load

    raise typer.Exit(asyncio.run(work(kind, settings)))
