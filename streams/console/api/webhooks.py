"""Webhooks: addresses of the platform that are told what happens to cases, and the log of what they were told."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Query, Response, status

from streams.access.idempotency import Answer
from streams.console.api.bodies import (
    AddedWebhookAnswer,
    Address,
    DeliveriesAnswer,
    DeliveryAnswer,
    Identifier,
    WebhookAnswer,
    WebhooksAnswer,
)
from streams.console.api.views import answer
from streams.console.endpoints import IDENTIFIER, Once, Uses, at
from streams.console.problems import response
from streams.webhooks.records import Delivery

router = APIRouter()

PAGE = 50
WebhookId = Annotated[str, Path(pattern=IDENTIFIER, description="The webhook's id.")]
DeliveryId = Annotated[str, Path(pattern=IDENTIFIER, description="The delivery's id.")]


@at(router, "GET /api/v1/webhooks", answers=WebhooksAnswer)
def list_webhooks(uses: Uses) -> Response:
    """Return every address, the oldest first."""
    found = [
        WebhookAnswer(webhook_id=one.webhook_id, url=one.url, made_at_ms=one.made_at_ms, secrets=len(one.secrets))
        for one in uses.webhooks.every()
    ]
    return response(answer(WebhooksAnswer(webhooks=found)))


@at(router, "POST /api/v1/webhooks", answers=AddedWebhookAnswer)
def add_webhook(body: Address, uses: Uses, once: Once) -> Response:
    """Return an address with its new secret, which is shown this once."""

    def work() -> Answer:
        act = once.act("")
        made = uses.webhooks.add(body.url, by=act.by, at_ms=act.at_ms)
        told = AddedWebhookAnswer(
            webhook_id=made.webhook_id,
            url=made.url,
            made_at_ms=made.made_at_ms,
            secrets=len(made.secrets),
            secret=made.secrets[0],
        )
        again = told.model_copy(update={"secret": None}).model_dump_json().encode()
        return msgspec.structs.replace(answer(told), again=again)

    return once.answer(work)


@at(router, "DELETE /api/v1/webhooks/{webhook_id}", status=status.HTTP_204_NO_CONTENT, none="It is removed.")
def remove_webhook(webhook_id: WebhookId, uses: Uses, once: Once) -> Response:
    """Return 204: the address is told nothing any more."""

    def work() -> Answer:
        uses.webhooks.remove(webhook_id)
        return Answer(status=status.HTTP_204_NO_CONTENT)

    return once.answer(work)


@at(router, "GET /api/v1/webhooks/{webhook_id}/deliveries", answers=DeliveriesAnswer)
def list_deliveries(
    webhook_id: WebhookId,
    uses: Uses,
    cursor: Annotated[Identifier | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE,
) -> Response:
    """Return one page of what an address was told, newest first."""
    found = uses.webhooks.deliveries(webhook_id, cursor, limit + 1)
    page, more = found[:limit], len(found) > limit
    cursor_after = page[-1].delivery_id if more else None
    return response(answer(DeliveriesAnswer(deliveries=[_shown(one) for one in page], next_cursor=cursor_after)))


@at(router, "POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", answers=DeliveryAnswer)
def replay(webhook_id: WebhookId, delivery_id: DeliveryId, uses: Uses, once: Once) -> Response:
    """Return the delivery, which is sent again."""
    return once.answer(lambda: answer(_shown(uses.webhooks.replay(webhook_id, delivery_id, once.at_ms))))


def _shown(delivery: Delivery) -> DeliveryAnswer:
    event = msgspec.json.decode(delivery.body)
    return DeliveryAnswer(
        delivery_id=delivery.delivery_id,
        event=event.get("event"),
        case_id=event.get("case_id"),
        state=delivery.state.value,
        attempts=delivery.attempts,
        created_at_ms=delivery.created_at_ms,
        next_at_ms=delivery.next_at_ms if delivery.state == "WAITING" else None,
        status=delivery.status,
        error=delivery.error,
    )
