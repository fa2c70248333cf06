"""Addresses that are told what happens to cases, and the log of what they were told."""

import secrets

import msgspec

from streams.errors import Invalid, NotFound
from streams.webhooks.records import Delivery, Post, Webhook, WebhookRecords

SECRETS_AT_ONCE = 2
"""So many secrets of one address sign at a time: the new one, and the one that is being replaced."""
WEBHOOKS_AT_MOST = 20


class Subscriptions:
    """Adds and removes addresses, shows deliveries, and sends one again."""

    def __init__(self, records: WebhookRecords, post: Post) -> None:
        self._records = records
        self._post = post

    def add(self, url: str, *, by: str, at_ms: int) -> Webhook:
        """Return the webhook of this address, with a new secret in front.

        An address that is there already keeps its last secret beside the new one, until it is added once more.
        Raises :class:`Invalid` for an address that may not be one, or one too many.
        """
        self._post.require_allowed(url)
        known = self._records.every()
        found = next((one for one in known if one.url == url), None)
        if found is None and len(known) >= WEBHOOKS_AT_MOST:
            msg = f"there are {len(known)} webhooks already: remove one first"
            raise Invalid(msg)
        new = f"whsec_{secrets.token_urlsafe(32)}"
        if found is None:
            webhook_id = f"w-{secrets.token_hex(8)}"
            made = Webhook(webhook_id=webhook_id, url=url, secrets=(new,), made_at_ms=at_ms, made_by=by)
        else:
            made = msgspec.structs.replace(found, secrets=(new, *found.secrets)[:SECRETS_AT_ONCE])
        self._records.save(made)
        return made

    def every(self) -> list[Webhook]:
        """Return all webhooks, the oldest first."""
        return self._records.every()

    def remove(self, webhook_id: str) -> None:
        """Remove a webhook with its deliveries; :class:`NotFound` where there is none."""
        if not self._records.remove(webhook_id):
            raise _none(webhook_id)

    def deliveries(self, webhook_id: str, after: str | None, size: int) -> list[Delivery]:
        """Return at most ``size`` deliveries, newest first, from the one after ``after`` (an id) on."""
        if all(one.webhook_id != webhook_id for one in self._records.every()):
            raise _none(webhook_id)
        return self._records.deliveries(webhook_id, after, size)

    def replay(self, webhook_id: str, delivery_id: str, at_ms: int) -> Delivery:
        """Return a delivery that is sent again from now on, as often as a new one; :class:`NotFound`: there is none."""
        found = self._records.again(webhook_id, delivery_id, at_ms)
        if found is None:
            msg = f"there is no delivery {delivery_id} of webhook {webhook_id}"
            raise NotFound(msg)
        return found


def _none(webhook_id: str) -> NotFound:
    return NotFound(f"there is no webhook {webhook_id}")
