"""``topics create|check``: the topics of the contract on the broker."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from streams.adapters.kafka import topics
from streams.adapters.kafka.topic_states import TopicState
from streams.cli.printing import AsJson, print_json, print_table
from streams.errors import TopicMismatch
from streams.settings import load

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Make the topics on the broker, or check them.")


@app.command(epilog="Example: refund-sentinel topics create --replication 3")
def create(
    *,
    replication: Annotated[
        int | None, typer.Option(min=1, max=32, help="Copies of each new topic; else what the cluster holds, up to 3.")
    ] = None,
    alter_configs: Annotated[
        bool, typer.Option("--alter-configs", help="Set the configuration of topics that differ to the contract's.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the topics that are missing; safe to repeat."""
    _tell(asyncio.run(topics.create(load(), replication=replication, alter_configs=alter_configs)), as_json=as_json)


@app.command(epilog="Example: refund-sentinel topics check --json")
def check(*, as_json: AsJson = False) -> None:
    """Say how each topic stands; status 1 when a worker would refuse to start."""
    _tell(asyncio.run(topics.check(load())), as_json=as_json)


def _tell(states: Sequence[TopicState], *, as_json: bool) -> None:
    if as_json:
        for state in states:
            print_json(asdict(state))
    else:
        print_table(
            ("topic", "state", "partitions", "replication", "what to do"),
            (
                (
                    state.topic,
                    state.state,
                    state.partitions or None,
                    state.replication or None,
                    "; ".join((*([state.problem] if state.problem else []), *state.differences)),
                )
                for state in states
            ),
        )
        _sum_up(states)
    unusable = sum(state.problem is not None for state in states)
    if unusable:
        msg = f"{unusable} of {len(states)} topics cannot be worked with: do what the list says of each"
        raise TopicMismatch(msg)


def _sum_up(states: Sequence[TopicState]) -> None:
    """Say in a line what follows from the table, where workers could start."""
    if any(state.problem for state in states):
        return
    if any(state.differences for state in states):
        typer.echo(
            "workers can start; `refund-sentinel topics create --alter-configs` sets what differs, "
            "but replication and partitions"
        )
    else:
        typer.echo("all topics are as the contract has them: workers can start")
