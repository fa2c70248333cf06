"""Credit signals: what goes out, what comes in, and what the judge is told, on both databases."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace
from sqlalchemy import Engine

from schemas.codec import decode
from schemas.records import CreditSignal
from schemas.units import DAY_MS
from streams.adapters.sql.credit import SqlCredit
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.engine import reading
from streams.adapters.sql.round_trip import answered
from streams.cases.reviewing.credit import (
    CLOCKS_MS,
    LASTS_MS,
    Partner,
    is_genuine,
    pseudonym,
    pseudonym_keys,
    public_digits,
    signed,
)
from streams.casework.credit.credit import Credit, Identity
from streams.casework.credit.revocations import Revocations
from streams.errors import Invalid, NotAllowed, NotFound
from tests.contract.judging import NOW_MS, AJudge, some_evidence, suspecting
from tests.contract.sql import AtOnce, Database

OURS, THEIRS = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
KEYS = pseudonym_keys(f"k2:{'22' * 32},k1:{'11' * 32}")
US = Identity(issuer="us", key=OURS, pseudonym_keys=KEYS)


def a_signal(signal_id: str = "s-1", person: str = "b-1", key_id: str = "k2", **changes: Any) -> CreditSignal:
    signal = CreditSignal(
        signal_id=signal_id,
        pseudonym=pseudonym(KEYS[key_id], person),
        issuer="them",
        kind="FORGERY_CONFIRMED",
        issued_at_ms=NOW_MS - DAY_MS,
        expires_at_ms=NOW_MS + DAY_MS,
        key_id=key_id,
    )
    return signed(replace(signal, **changes), THEIRS)


@pytest.fixture
def store(engine: Engine) -> SqlCredit:
    made = SqlCredit(engine)
    partner = Partner(issuer="them", public_key=public_digits(THEIRS), weight=0.8, quota=3, legal_basis="contract 7")
    made.add_partner(partner, "lin.wei", NOW_MS)
    return made


def receive(store: SqlCredit, *signals: CreditSignal, now_ms: int = NOW_MS) -> list[str | None]:
    return list(store.receive(signals, "us", now_ms))


def told(engine: Engine, request_id: str, **changes: Any) -> tuple[int, float]:
    judge = AJudge()
    evidence = some_evidence(request_id, **changes)
    SqlDecisionStore(engine, pseudonym_keys=[*KEYS.values()]).decide([evidence], judge, NOW_MS)
    return judge.asked[0].history.credit_signals, judge.asked[0].history.credit_weight


def test_a_partners_signal_is_told_to_the_judge_under_either_live_key(
    database: Database, store: SqlCredit, engine: Engine
) -> None:
    assert receive(store, a_signal(), a_signal("s-2", key_id="k1"), a_signal("s-3", "b-2")) == [None, None, None]
    assert told(engine, "rr-1") == (2, 0.8)
    assert told(engine, "rr-2", buyer_id="b-9") == (0, 0.0)
    SqlDecisionStore(engine).decide([some_evidence("rr-3")], judge := AJudge(), NOW_MS)
    assert judge.asked[0].history.credit_signals == 0, "signals are off without keys"
    assert database.rows("SELECT count(*) FROM cases") == [(0,)], "a signal alone decides nothing"


def test_what_is_not_a_partners_own_word_is_refused(store: SqlCredit) -> None:
    forged = replace(a_signal(), pseudonym="0" * 64)
    other = signed(replace(a_signal(), issuer="nobody"), THEIRS)
    ours = signed(replace(a_signal(), issuer="us"), OURS)
    expired = a_signal(expires_at_ms=NOW_MS - 1)
    unsigned = replace(a_signal(), signature=None)
    answers = receive(store, forged, other, ours, expired, unsigned)
    assert answers == ["bad_signature", "unknown_partner", "our_own", "expired", "bad_signature"]


def test_a_replay_changes_nothing_and_a_revocation_is_for_good(
    store: SqlCredit, engine: Engine, database: Database
) -> None:
    assert receive(store, a_signal()) == [None]
    assert receive(store, a_signal()) == ["replayed"]
    assert receive(store, a_signal(revoked=True)) == [None]
    assert receive(store, a_signal()) == ["replayed"]
    assert told(engine, "rr-1") == (0, 0.0)
    assert database.rows("SELECT count(*) FROM credit_signals") == [(1,)]


def test_a_signal_counts_a_year_at_most_whatever_its_partner_says(store: SqlCredit, engine: Engine) -> None:
    assert receive(store, a_signal(expires_at_ms=NOW_MS + 50 * LASTS_MS)) == [None]
    pseudonyms = [KEYS["k2"]]

    def weight(now_ms: int) -> dict[str, tuple[int, float]]:
        with reading(engine) as connection:
            return answered(connection, lambda trip: store.weights(trip, ["b-1"], pseudonyms, now_ms))

    assert weight(NOW_MS + LASTS_MS - 1) == {"b-1": (1, 0.8)}
    assert weight(NOW_MS + LASTS_MS) == {}


@pytest.mark.parametrize(("ahead_ms", "said"), [(CLOCKS_MS, None), (CLOCKS_MS + 1, "not_yet_issued")])
def test_a_clock_may_be_a_day_ahead_and_a_revocation_any_time(
    store: SqlCredit, ahead_ms: int, said: str | None
) -> None:
    times: dict[str, Any] = {"issued_at_ms": NOW_MS + ahead_ms, "expires_at_ms": NOW_MS + ahead_ms + 1}
    assert receive(store, a_signal(**times), a_signal("s-2", revoked=True, **times)) == [said, None]


def test_what_was_sent_under_another_name_of_ours_is_revoked_under_that_name(
    database: Database, store: SqlCredit
) -> None:
    [decision] = database.decide(suspecting("rr-1"), some_evidence())
    database.change("UPDATE cases SET state = 'CLOSED', verdict = 'FORGERY_CONFIRMED', decided_at_ms = 1")
    signal = Credit(store, US).issue(str(decision.case_id), "terms", NOW_MS)
    database.change("UPDATE cases SET verdict = 'GRANT'")

    renamed = Credit(store, Identity(issuer="ours", key=OURS, pseudonym_keys=KEYS))
    assert renamed.revoke_overturned(NOW_MS + 1) == [signal.signal_id]

    *_, last = [one for one in database.outbox.waiting(10) if one.topic == "credit.signals.v1"]
    revoked = decode(CreditSignal, last.value)
    assert (last.key.decode(), revoked.issuer, revoked.revoked) == (f"us:{signal.signal_id}", "us", True)
    assert is_genuine(revoked, public_digits(OURS))


def test_a_partner_has_a_quota_of_new_signals_a_day(store: SqlCredit) -> None:
    answers = receive(store, *(a_signal(f"s-{n}") for n in range(5)), a_signal("s-0", revoked=True))
    assert answers == [None, None, None, "over_quota", "over_quota", None]
    assert receive(store, a_signal("s-9", expires_at_ms=NOW_MS + 9 * DAY_MS), now_ms=NOW_MS + 2 * DAY_MS) == [None]


def test_what_a_partner_that_was_removed_sent_counts_no_longer(
    database: Database, store: SqlCredit, engine: Engine
) -> None:
    receive(store, a_signal())
    assert store.remove_partner("them")
    assert not store.remove_partner("them")
    assert told(engine, "rr-1") == (0, 0.0)
    assert receive(store, a_signal("s-2")) == ["unknown_partner"]
    assert database.rows("SELECT count(*) FROM credit_signals") == [(1,)]


def test_only_a_closed_confirmed_forgery_goes_out_once_and_may_be_revoked(database: Database, store: SqlCredit) -> None:
    [decision] = database.decide(suspecting("rr-1"), some_evidence())
    case_id = str(decision.case_id)
    credit = Credit(store, US)
    with pytest.raises(NotAllowed, match="only a closed, confirmed forgery"):
        credit.issue(case_id, "terms, section 7", NOW_MS)
    database.change("UPDATE cases SET state = 'CLOSED', verdict = 'FORGERY_CONFIRMED', decided_at_ms = 1")
    with pytest.raises(Invalid, match="--basis"):
        credit.issue(case_id, " ", NOW_MS)

    signal = credit.issue(case_id, "terms, section 7", NOW_MS)
    assert credit.issue(case_id, "terms, section 7", NOW_MS + 5) == signal
    assert is_genuine(signal, public_digits(OURS))
    assert signal.pseudonym == pseudonym(KEYS["k2"], "b-1")
    revoked = credit.revoke(signal.signal_id, NOW_MS + 9)
    assert (revoked.revoked, is_genuine(revoked, public_digits(OURS))) == (True, True)

    sent = [one for one in database.outbox.waiting(10) if one.topic == "credit.signals.v1"]
    assert [one.key.decode() for one in sent] == [f"us:{signal.signal_id}"] * 2
    assert [decode(CreditSignal, one.value) for one in sent] == [signal, revoked]
    with pytest.raises(NotFound, match="signals list"):
        credit.revoke("s-none", NOW_MS)
    with pytest.raises(NotFound, match="no case"):
        credit.issue("c-none", "terms", NOW_MS)


async def test_a_signal_is_revoked_by_itself_once_its_verdict_falls(database: Database, store: SqlCredit) -> None:
    requests = ("rr-1", "rr-2", "rr-3")
    decided = database.decide(suspecting(*requests), *(some_evidence(one) for one in requests))
    database.change("UPDATE cases SET state = 'CLOSED', verdict = 'FORGERY_CONFIRMED', decided_at_ms = 1")
    credit = Credit(store, US)
    sent = [credit.issue(str(one.case_id), "terms", NOW_MS).signal_id for one in decided]
    revocations = Revocations(credit, AtOnce(), lambda: NOW_MS + 9)
    assert await revocations.once() == 0

    database.change("UPDATE cases SET verdict = NULL WHERE case_id = :case_id", case_id=decided[0].case_id)
    database.change("UPDATE cases SET verdict = 'GRANT' WHERE case_id = :case_id", case_id=decided[1].case_id)
    assert await revocations.once() == 2
    assert await revocations.once() == 0

    held = {signal.signal_id: signal for _, signal in store.all("out", 0)}
    assert [held[one].revoked for one in sent] == [True, True, False]
    assert all(is_genuine(one, public_digits(OURS)) for one in held.values())
    database.change("UPDATE cases SET verdict = 'FORGERY_CONFIRMED'")
    with pytest.raises(NotAllowed, match="was revoked"):
        credit.issue(str(decided[0].case_id), "terms", NOW_MS)


def test_signals_are_off_until_they_are_switched_on(store: SqlCredit) -> None:
    with pytest.raises(NotAllowed, match="credit signals are off"):
        Credit(store, None).issue("c-1", "terms", NOW_MS)


def test_pseudonyms_do_not_depend_on_how_an_identifier_is_written() -> None:
    assert pseudonym(b"k", " B-17\u3000") == pseudonym(b"k", "ｂ-17") != pseudonym(b"other", "b-17")


@pytest.mark.parametrize(
    "wrong",
    ["", "k1", "k1:zz", "k1:11", f"k1:{'11' * 32},k1:{'22' * 32}", ",".join(f"k{n}:{'11' * 32}" for n in range(3))],
)
def test_keys_that_cannot_be_used_are_refused(wrong: str) -> None:
    with pytest.raises(Invalid):
        pseudonym_keys(wrong)
