"""The one place that knows names which aiokafka keeps to itself.

It has no other place to stand in between a member and its group, or to see that a task of its has ended. Such names may
mean something else in any other version, without an error: workers end at the start where another one is installed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from streams.errors import OperatorError

PINNED: Mapping[str, str] = MappingProxyType({"aiokafka": "0.14.0", "faust-streaming": "0.15.3"})
"""The versions whose inner names are leaned on: aiokafka's here, Faust's in streams/agents."""

Send = Callable[[Any], Awaitable[Any]]
"""Sends a request to the coordinator of a group, and returns its answer."""
Commit = Callable[[Any, Any], Awaitable[None]]
"""Commits offsets (second) of an assignment (first), once."""


def require_pinned() -> None:
    """Raise :class:`OperatorError` where a library is installed in a version that we do not know from inside."""
    for name, known in PINNED.items():
        found = version(name)
        if found != known:
            msg = f"{name} {found} is installed, and this program works with {known} alone: pip install {name}=={known}"
            raise OperatorError(msg)


def send_through(coordinator: Any, between: Send) -> Send:
    """Let all requests of a member go through ``between``; return what they went through before."""
    before: Send = coordinator._send_req
    coordinator._send_req = between
    return before


def commit_through(coordinator: Any, between: Commit) -> Commit:
    """Let all commits go through ``between``; return what they went through before."""
    before: Commit = coordinator._do_commit_offsets
    coordinator._do_commit_offsets = between
    return before


def before_fetches(fetcher: Any, wait_ms: Callable[[bool], int]) -> None:
    """Ask ``wait_ms`` before each fetch how long it may take; it is told whether partitions are left out of it."""
    actions = fetcher._get_actions_per_node

    def ask(assignment: Any) -> Any:
        fetcher._fetch_max_wait_ms = wait_ms(bool(fetcher._records))
        return actions(assignment)

    fetcher._get_actions_per_node = ask


async def until_closing(coordinator: Any) -> None:
    """Return once the member is told to stop."""
    await asyncio.wait([coordinator._closing])


def position(subscription: Any, at: TopicPartition) -> int | None:
    """Return where reading a partition stands; None where it is not assigned. For any thread."""
    now = subscription.subscription
    state = now and now.assignment and now.assignment.state_value(at)
    return state._position if state else None  # another thread may take it away meanwhile


def is_closed(consumer: Any) -> bool:
    """Return whether a consumer was told to end."""
    return bool(consumer._closed)


def refusal(consumer: Any) -> tuple[str | None, BaseException | None]:
    """Return a consumer's group, and the error that waits for whoever polls."""
    coordinator = consumer._coordinator
    return getattr(coordinator, "group_id", None), getattr(coordinator, "_pending_exception", None)


def tasks(consumer: Any) -> Mapping[str, "asyncio.Future[Any] | None"]:
    """Return a consumer's own tasks that must not end, by what they do; those that have not begun are None."""
    return {
        "membership of the group": getattr(consumer._coordinator, "_coordination_task", None),
        "fetching": getattr(consumer._fetcher, "_fetch_task", None),
        "metadata": getattr(consumer._client, "_sync_task", None),
    }


async def ask(client: AIOKafkaAdminClient, request: Any, node: int) -> Any:
    """Return a broker's answer to a request that the client has no method for."""
    return await client._send_request(request, node)


def look_for_the_controller_again(client: AIOKafkaAdminClient) -> None:
    """Let a client find out who controls the cluster now: nothing else tells it."""
    client._client.force_metadata_update()
