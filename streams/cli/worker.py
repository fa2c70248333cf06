"""``worker enrich|decide|all``: the processes that answer requests."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Annotated, Literal

import typer

from streams import gc_tuning
from streams.cli.printing import plain
from streams.cli.process_settings import settings_of
from streams.cli.supervisor import Supervisor, Work
from streams.errors import OperatorError, SettingsError
from streams.settings import Settings, load

LAST_PORT = 65_535

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Run the workers that answer requests.")

Kind = Literal["enrich", "decide"]
HowMany = Annotated[int, typer.Option(min=0, max=64, help="How many workers of this kind to run.")]


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
    """Run both kinds as processes of their own and start again what ends, until SIGTERM or Ctrl-C.

    Each has a folder below SENTINEL_DATA_DIR: enrich-0, enrich-1, …, decide-0, …. In this order they take the ports of
    metrics and health from SENTINEL_HTTP_PORT on: by default 9464 and 9465. Where it is 0, each takes any free one and
    writes it to http.port in its folder.
    """
    if not enrich + decide:
        msg = "give at least one --enrich or --decide"
        raise typer.BadParameter(msg)
    settings = settings_of("all")
    raise typer.Exit(Supervisor(children(settings, {"enrich": enrich, "decide": decide})).run())


@app.command(epilog="Example: refund-sentinel worker leave enrich-2")
def leave(instance: Annotated[str, typer.Argument(help="The SENTINEL_INSTANCE of the worker that is gone.")]) -> None:
    """Take a worker that was stopped for good out of its group, so that the others have its partitions at once.

    Run it once the worker has ended: one that still runs joins again. Under `worker all` the names are
    INSTANCE-enrich-0, INSTANCE-decide-0, ….
    """
    from streams.adapters.kafka.leaving import leave as leave_groups  # noqa: PLC0415 - workers load Kafka's client later

    left = asyncio.run(leave_groups(load(), instance))
    if not left:
        named = plain(instance)
        msg = (
            f"no worker goes by the name {named}, or its session has ended already; "
            f"of `worker all` the names are {named}-enrich-0, {named}-decide-0 and so on"
        )
        raise OperatorError(msg)
    typer.echo(f"{plain(instance)} left {', '.join(left)}")


def children(settings: Settings, counts: Mapping[Kind, int]) -> list[Work]:
    """Return the processes of ``worker all``: each with a folder, a name in its group and a port of its own.

    Raises :class:`SettingsError` where the ports end before the workers do.
    """
    names = [(kind, f"{kind}-{number}") for kind, count in counts.items() for number in range(count)]
    if settings.http_port + len(names) - 1 > LAST_PORT:
        most = LAST_PORT + 1 - len(names)
        msg = f"SENTINEL_HTTP_PORT: {len(names)} workers take a port each from there on: give {most} at most, or 0"
        raise SettingsError(msg)
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
    settings = settings_of(kind)
    sys.warnoptions.append("ignore:resource_tracker")  # of a worker that ends at once: the system takes all back anyway
    if kind == "decide":  # enrich looks at photos in processes of their own, which have it from the start
        gc_tuning.keep_memory()
    with gc_tuning.loading():
        from streams.agents.compose import work  # noqa: PLC0415 - Faust and the database's libraries take a second

        working = work(kind, settings)
    asyncio.run(working)
