"""Webhooks and their deliveries, in the database."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    String,
    cast,
    delete,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
    update,
)

from schemas.topics import REVIEW_EVENTS
from streams.adapters.sql.bulk_insert import insert_on_conflict
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.tables import outbox, webhook_deliveries, webhooks
from streams.webhooks.records import Delivery, DeliveryState, Webhook

_COLUMNS = [webhook_deliveries.c[name] for name in Delivery.__struct_fields__]
_GIVEN = ("delivery_id", "webhook_id", "state", "attempts", "created_at_ms", "next_at_ms", "body")
_WAITING: ColumnElement[bool] = webhook_deliveries.c.state == literal_column(f"'{DeliveryState.WAITING}'")
"""Written out: the indexes of what waits serve only what says so in the same words."""
REMOVED_AT_ONCE = 5_000
"""Deliveries of a webhook that goes, deleted by one statement."""


def fan_out(connection: Connection, outbox_ids: Sequence[int], now_ms: int) -> None:
    """Make a delivery to each webhook of every review event among these messages that was not sent before."""
    columns: list[ColumnElement[Any]] = [
        webhooks.c.webhook_id + "." + cast(outbox.c.outbox_id, String),
        webhooks.c.webhook_id,
        literal(DeliveryState.WAITING.value),
        literal(0),
        literal(now_ms),
        literal(now_ms),
        outbox.c.value,
    ]
    fresh = (outbox.c.topic == REVIEW_EVENTS.name) & outbox.c.sent_at_ms.is_(None)
    made = select(*columns).join_from(outbox, webhooks, true()).where(outbox.c.outbox_id.in_(outbox_ids), fresh)
    connection.execute(webhook_deliveries.insert().from_select(_GIVEN, made))


class SqlWebhooks:
    """Fulfils :class:`streams.webhooks.records.WebhookRecords`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, webhook: Webhook) -> None:
        """Keep a webhook, in the place of the one of its id."""
        row = msgspec.structs.asdict(webhook) | {"secrets": " ".join(webhook.secrets)}
        new = insert_on_conflict(self._engine, webhooks).values(row)
        with writing(self._engine) as connection:
            connection.execute(
                new.on_conflict_do_update(index_elements=["webhook_id"], set_={"secrets": new.excluded.secrets})
            )

    def every(self) -> list[Webhook]:
        """Return all webhooks, the oldest first."""
        with reading(self._engine) as connection:
            found = select(webhooks).order_by(webhooks.c.made_at_ms, webhooks.c.webhook_id)
            return [_webhook(row) for row in connection.execute(found).mappings()]

    def remove(self, webhook_id: str) -> bool:
        """Return whether there was such a webhook; it and its deliveries are gone."""
        own = webhook_deliveries.c.webhook_id == webhook_id
        removed = REMOVED_AT_ONCE
        while removed == REMOVED_AT_ONCE:  # a statement's time is limited, and there may be a month's
            with writing(self._engine) as connection:
                removed = _delete_oldest(connection, REMOVED_AT_ONCE, own)
        with writing(self._engine) as connection:
            connection.execute(delete(webhook_deliveries).where(own))
            return connection.execute(delete(webhooks).where(webhooks.c.webhook_id == webhook_id)).rowcount > 0

    def deliveries(self, webhook_id: str, after: str | None, size: int) -> list[Delivery]:
        """Return at most ``size`` deliveries, newest first, from the one that follows ``after`` (an id) on."""
        place = tuple_(webhook_deliveries.c.created_at_ms, webhook_deliveries.c.delivery_id)
        found = select(*_COLUMNS).where(webhook_deliveries.c.webhook_id == webhook_id)
        if after is not None:
            last = select(webhook_deliveries.c.created_at_ms).where(webhook_deliveries.c.delivery_id == after)
            found = found.where(place < tuple_(last.scalar_subquery(), literal(after)))
        newest = found.order_by(webhook_deliveries.c.created_at_ms.desc(), webhook_deliveries.c.delivery_id.desc())
        with reading(self._engine) as connection:
            return [_delivery(row) for row in connection.execute(newest.limit(size)).mappings()]

    def again(self, webhook_id: str, delivery_id: str, now_ms: int) -> Delivery | None:
        """Return the delivery, which is tried anew from now on; None: there is none."""
        this = (webhook_deliveries.c.delivery_id == delivery_id) & (webhook_deliveries.c.webhook_id == webhook_id)
        anew = {"state": DeliveryState.WAITING.value, "attempts": 0, "next_at_ms": now_ms}
        with writing(self._engine) as connection:
            connection.execute(update(webhook_deliveries).where(this).values(anew))
            row = connection.execute(select(*_COLUMNS).where(this)).mappings().first()
            return None if row is None else _delivery(row)

    def due(self, now_ms: int, until_ms: int, each: int, busy: Mapping[str, int]) -> list[tuple[Delivery, Webhook]]:
        """Return deliveries to try now, at most ``each`` of a webhook, of those that are ``busy`` so many fewer.

        Nobody else is given them before ``until_ms``. What is for no webhook, since an event was sent while one was
        removed, is deleted once nothing else is due.
        """
        waits = _WAITING & (webhook_deliveries.c.next_at_ms <= now_ms)
        with reading(self._engine) as connection:  # most looks find nothing: they hold up no writer
            if connection.execute(select(webhook_deliveries.c.delivery_id).where(waits).limit(1)).first() is None:
                return []
        with writing(self._engine) as connection:
            known = [_webhook(row) for row in connection.execute(select(webhooks)).mappings()]
            found = [
                (one, webhook)
                for webhook in known
                for one in _oldest_due(connection, webhook, waits, each - busy.get(webhook.webhook_id, 0))
            ]
            if found:
                taken = webhook_deliveries.c.delivery_id.in_([one.delivery_id for one, _ in found])
                connection.execute(update(webhook_deliveries).where(taken).values(next_at_ms=until_ms))
            elif not busy:
                of_none = webhook_deliveries.c.webhook_id.not_in([one.webhook_id for one in known])
                _delete_oldest(connection, REMOVED_AT_ONCE, waits, of_none)
        return found

    def oldest_waiting_ms(self) -> int | None:
        """Return when the oldest delivery was made that waits for a webhook; None: none waits.

        Each webhook's is found by an index, however many wait.
        """
        own = webhook_deliveries.c.webhook_id == webhooks.c.webhook_id
        oldest = select(func.min(webhook_deliveries.c.created_at_ms)).where(own, _WAITING).scalar_subquery()
        with reading(self._engine) as connection:
            return min(
                (ms for ms in connection.execute(select(oldest).select_from(webhooks)).scalars() if ms is not None),
                default=None,
            )

    def tried(self, delivery: Delivery) -> None:
        """Keep what came of an attempt; one that was not taken leaves a delivery alone that was replayed meanwhile."""
        kept = {name: getattr(delivery, name) for name in ("attempts", "next_at_ms", "status", "error")}
        this = webhook_deliveries.c.delivery_id == delivery.delivery_id
        if delivery.state is not DeliveryState.DELIVERED:
            this &= _WAITING & (webhook_deliveries.c.attempts == delivery.attempts - 1)
        with writing(self._engine) as connection:
            connection.execute(update(webhook_deliveries).where(this).values(kept | {"state": delivery.state.value}))

    def wait_until(self, latest_ms: int, now_ms: int) -> int:
        """Return how many deliveries waited for a time after the latest that there can be: they are due now."""
        too_late = _WAITING & (webhook_deliveries.c.next_at_ms > latest_ms)
        with reading(self._engine) as connection:  # hardly ever there: no writer is held up
            if connection.execute(select(webhook_deliveries.c.delivery_id).where(too_late).limit(1)).first() is None:
                return 0
        with writing(self._engine) as connection:
            return connection.execute(update(webhook_deliveries).where(too_late).values(next_at_ms=now_ms)).rowcount

    def purge(self, before_ms: int, limit: int) -> int:
        """Return how many deliveries from before were deleted, at most ``limit`` of each webhook; what waits stays.

        Each webhook's oldest are found by an index, however many there are.
        """
        old = webhook_deliveries.c.created_at_ms < before_ms
        over = webhook_deliveries.c.state != DeliveryState.WAITING.value
        with writing(self._engine) as connection:
            every = connection.execute(select(webhooks.c.webhook_id)).scalars().all()
            return sum(
                _delete_oldest(connection, limit, webhook_deliveries.c.webhook_id == webhook_id, old, over)
                for webhook_id in every
            )


def _oldest_due(connection: Connection, webhook: Webhook, waits: ColumnElement[bool], limit: int) -> list[Delivery]:
    """Return what waits longest for a webhook; nobody else has it until the transaction ends."""
    own = select(*_COLUMNS).where(webhook_deliveries.c.webhook_id == webhook.webhook_id, waits)
    first = own.order_by(webhook_deliveries.c.next_at_ms).limit(limit).with_for_update(skip_locked=True)
    return [_delivery(row) for row in connection.execute(first).mappings()] if limit > 0 else []


def _delete_oldest(connection: Connection, limit: int, *which: ColumnElement[bool]) -> int:
    """Return how many of these deliveries were deleted: all, or the oldest ``limit``."""
    oldest = (
        select(webhook_deliveries.c.delivery_id)
        .where(*which)
        .order_by(webhook_deliveries.c.created_at_ms, webhook_deliveries.c.delivery_id)
        .limit(limit)
        .scalar_subquery()
    )
    return connection.execute(delete(webhook_deliveries).where(webhook_deliveries.c.delivery_id.in_(oldest))).rowcount


def _webhook(row: RowMapping) -> Webhook:
    return Webhook(**{**row, "secrets": tuple(row["secrets"].split())})


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(**{**row, "state": DeliveryState(row["state"]), "body": bytes(row["body"])})
