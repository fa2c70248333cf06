"""Webhooks: which addresses are told of review events, what they were told, and once more where that is wanted."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Request, Response

from streams.cases.acts import AuditAct
from streams.console.endpoints import IDENTIFIER, Uses, at
from streams.console.pages.access import shown_once
from streams.console.pages.forms import Form
from streams.console.pages.preferences import preferences_of
from streams.console.pages.view import page
from streams.webhooks.records import Delivery, Webhook

SHOWN_AT_MOST = 50

WebhookId = Annotated[str, Path(pattern=IDENTIFIER)]
DeliveryId = Annotated[str, Path(pattern=IDENTIFIER)]

router = APIRouter()


@at(router, "GET /webhooks")
def webhooks_page(request: Request, uses: Uses) -> Response:
    """Return the page of addresses, each with its newest deliveries."""
    found = [
        (hook, [_line(one) for one in uses.webhooks.deliveries(hook.webhook_id, None, SHOWN_AT_MOST)])
        for hook in uses.webhooks.every()
    ]
    return page(request, "webhooks.html", hooks=found)


@at(router, "POST /webhooks")
def add_webhook(request: Request, sent: Form, uses: Uses) -> Response:
    """Return the page that shows an address's new secret, this once."""

    def work(act: AuditAct) -> Webhook:
        return uses.webhooks.add(sent.text("url", most=2_000), by=act.by, at_ms=act.at_ms)

    def show(made: Webhook) -> Response:
        title = preferences_of(request).say("access", "new_secret", of=made.url)
        return shown_once(request, title, made.secrets[0], "/webhooks")

    return sent.made(work, "/webhooks", show)


@at(router, "POST /webhooks/{webhook_id}/remove")
def remove_webhook(webhook_id: WebhookId, sent: Form, uses: Uses) -> Response:
    """Redirect back to the webhooks, after an address was removed."""

    def work(_: AuditAct) -> str:
        uses.webhooks.remove(webhook_id)
        return "/webhooks"

    return sent.done(work)


@at(router, "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/replay")
def replay(webhook_id: WebhookId, delivery_id: DeliveryId, sent: Form, uses: Uses) -> Response:
    """Redirect back to the webhooks; the delivery is sent again."""

    def work(act: AuditAct) -> str:
        uses.webhooks.replay(webhook_id, delivery_id, act.at_ms)
        return "/webhooks"

    return sent.done(work)


def _line(delivery: Delivery) -> dict[str, Any]:
    event = msgspec.json.decode(delivery.body)
    return {"of": delivery, "state": delivery.state.value, "event": event.get("event"), "case_id": event.get("case_id")}
