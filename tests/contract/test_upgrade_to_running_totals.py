"""Claims from before the upgrade have the running totals that they would have had, and go on counting."""

from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import Engine, text

from streams.adapters.sql.engine import open_engine, writing
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import upgrade
from streams.history.past import PastClaim
from tests.builders import AT_MS, DAY_MS, a_request
from tests.contract.judging import NOW_MS, AJudge, a_policy, some_evidence
from tests.contract.sql import Database
from tests.databases import upgrade_to
from tests.history_model import Record, history_of, merchant_of

CLAIM = (
    "INSERT INTO claims (request_id, request_digest, person, buyer_id, order_id, merchant_id, product_id, category,"
    " kind, amount_minor, freight_minor, currency, requested_at_ms, appended_at_ms, decided_at_ms, photos) VALUES"
    " (:request_id, 'sha256:0', 'b-1', 'b-1', 'o', :merchant_id, 'p', :category, :kind, :amount_minor, 0, :currency,"
    " 1, :appended_at_ms, 1, '')"
)
UNKNOWN = ("shared_photo", "younger_reference")
EARLIER = [
    PastClaim(f"old-{n}", AT_MS - days * DAY_MS, 100 + n, "CNY" if n % 3 else "USD", kind, f"m-{n % 2}", "toys")
    for n, (days, kind) in enumerate(
        [(5, "refund_only"), (200, "refund_only"), (5, "return_and_refund"), (31, "refund_only"), (1, "refund_only")]
    )
]


@pytest.fixture
def old(empty_url: str) -> Iterator[Engine]:
    """A database of revision 0010 with claims of one person."""
    engine = open_engine(empty_url)
    at_revision(engine, "0010")
    with writing(engine) as connection:
        for claim in EARLIER:
            row = {name: getattr(claim, name) for name in claim.__struct_fields__ if name not in UNKNOWN}
            connection.execute(text(CLAIM), row)
    yield engine
    engine.dispose()


def at_revision(engine: Engine, revision: str) -> None:
    with writing(engine) as connection:
        upgrade_to(connection, revision)


def test_claims_from_before_the_upgrade_count_as_ever(old: Engine, empty_url: str) -> None:
    upgrade(empty_url)
    PolicyStore(old).seed(a_policy(), AT_MS)
    judge = AJudge()

    Database(old).store.decide([some_evidence("rr-1", requested_at_ms=AT_MS)], judge, NOW_MS)

    request = a_request("rr-1")
    assert judge.asked[0].history == history_of(Record(EARLIER), request, AT_MS)


def test_claims_from_before_the_upgrade_count_against_their_merchants(old: Engine, empty_url: str) -> None:
    at_revision(old, "0022")
    younger = {claim.request_id for claim in EARLIER[::2]}
    with writing(old) as connection:
        for claim in EARLIER:
            references = [{"registered_at_ms": claim.appended_at_ms - (claim.request_id not in younger)}]
            given = {"id": claim.request_id, "media": msgspec.json.encode(references).decode()}
            connection.execute(text("UPDATE claims SET reference_media = :media WHERE request_id = :id"), given)
    upgrade(empty_url)
    PolicyStore(old).seed(a_policy(), AT_MS)
    judge = AJudge()

    next_one = some_evidence("rr-1", requested_at_ms=AT_MS, merchant_id="m-0")
    Database(old).store.decide([next_one], judge, NOW_MS)

    known = [msgspec.structs.replace(one, younger_reference=one.request_id in younger) for one in EARLIER]
    assert judge.asked[0].merchant == merchant_of(known, next_one.request, AT_MS)
    assert judge.asked[0].merchant.windows[-1].younger_references == 3


def test_claims_and_what_is_newest_of_each_person_stay_as_they_are_where_indexes_go(
    old: Engine, empty_url: str
) -> None:
    at_revision(old, "0042")
    database = Database(old)
    newest = "SELECT person, what, name, at_ms FROM newest_claims ORDER BY what, name"
    before = [tuple(row) for row in database.rows(newest)]
    upgrade(empty_url)
    PolicyStore(old).seed(a_policy(), AT_MS)
    judge = AJudge()

    assert [tuple(row) for row in database.rows(newest)] == before
    assert len(before) == 3
    next_one = some_evidence("rr-1", requested_at_ms=AT_MS, currency="USD")
    database.store.decide([next_one], judge, NOW_MS)
    assert judge.asked[0].history == history_of(Record(EARLIER), next_one.request, AT_MS)
