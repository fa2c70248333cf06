"""What is kept on webhooks, and what they need from the database and the network. Calls block."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

import msgspec


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    WAITING = "WAITING"
    """It will be tried, or tried again."""
    DELIVERED = "DELIVERED"
    """The address took it."""
    FAILED = "FAILED"
    """It was tried often enough; a replay tries anew."""


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """An address that is told of every review event; ``secrets`` sign, the newest first."""

    webhook_id: str
    url: str
    secrets: tuple[str, ...]
    made_at_ms: int
    made_by: str


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one address. ``status`` and ``error`` are those of the last attempt."""

    delivery_id: str
    webhook_id: str
    state: DeliveryState
    attempts: int
    created_at_ms: int
    next_at_ms: int
    status: int | None
    error: str | None
    body: bytes


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one attempt: the address's status, or why there is none."""

    status: int | None = None
    error: str | None = None

    @property
    def taken(self) -> bool:
        """Whether the address took it."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - HTTP's range of success


class WebhookRecords(Protocol):
    """Where webhooks and deliveries are kept."""

    def save(self, webhook: Webhook) -> None:
        """Keep a webhook, in the place of the one of its id."""

    def every(self) -> list[Webhook]:
        """Return all webhooks, the oldest first."""

    def remove(self, webhook_id: str) -> bool:
        """Return whether there was such a webhook; it and its deliveries are gone."""

    def deliveries(self, webhook_id: str, after: str | None, size: int) -> list[Delivery]:
        """Return at most ``size`` deliveries, newest first, from the one that follows ``after`` (an id) on."""

    def again(self, webhook_id: str, delivery_id: str, now_ms: int) -> Delivery | None:
        """Return the delivery, which is tried anew from now on; None: there is none."""

    def due(self, now_ms: int, until_ms: int, each: int, busy: Mapping[str, int]) -> list[tuple[Delivery, Webhook]]:
        """Return deliveries to try now, at most ``each`` of a webhook, of those that are ``busy`` so many fewer.

        Nobody else is given them before ``until_ms``.
        """

    def oldest_waiting_ms(self) -> int | None:
        """Return when the oldest delivery was made that waits for a webhook; None: none waits."""

    def tried(self, delivery: Delivery) -> None:
        """Keep what came of an attempt."""

    def wait_until(self, latest_ms: int, now_ms: int) -> int:
        """Return how many deliveries waited for a time after the latest that there can be: they are due now."""

    def purge(self, before_ms: int, limit: int) -> int:
        """Return how many deliveries from before were deleted, at most ``limit`` of each webhook; what waits stays."""


class Post(Protocol):
    """Posts to an address."""

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Posted:
        """Return what came of it; nothing is raised for what the address does."""

    def require_allowed(self, url: str) -> None:
        """Raise :class:`streams.errors.Invalid` unless webhooks may be posted to this address."""
