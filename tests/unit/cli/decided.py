"""Decisions on a database, for commands to find."""

from collections.abc import Mapping

from schemas.codec import decode
from schemas.records import RefundDecided
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.clock import now_ms
from streams.policy.document import digest_of
from streams.policy.engine import judge
from streams.policy.packaged import load_default
from streams.policy.question import StoredPolicy
from streams.wording import causes
from tests.builders import AT_MS, a_claim_medium, a_medium_evidence, a_request, an_evidence, unmeasured

POLICY = load_default()[1]
WHY = causes.PICTURE_DAMAGED


def decided(settings: Mapping[str, str], *request_ids: str) -> list[RefundDecided]:
    """Decide requests, the last one just now, whose photo could not be looked at: each becomes a case."""
    engine = open_engine(settings["database_url"])
    policy = StoredPolicy(name="default", sha256=digest_of(POLICY), text=POLICY)
    PolicyStore(engine).activate(policy, AT_MS, "seed")
    unread = a_medium_evidence(
        readings=[unmeasured("photo", WHY, media_id="c1")], sha256=None, stored=None, size_bytes=None, fingerprint=None
    )
    first_ms = now_ms() - len(request_ids)
    requests = [
        a_request(
            name, claim_media=[a_claim_medium()], reference_media=[], buyer_id=name, requested_at_ms=first_ms + place
        )
        for place, name in enumerate(request_ids)
    ]
    store = SqlDecisionStore(engine, key=b"k")
    messages = [
        store.decide([an_evidence(request, media=[unread])], judge, request.requested_at_ms)[0].message
        for request in requests
    ]
    engine.dispose()
    return [decode(RefundDecided, message) for message in messages]
