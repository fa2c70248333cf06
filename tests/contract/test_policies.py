"""Which policy is active, and the key that the database makes for itself."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from streams.adapters.sql.keys import audit_key
from streams.adapters.sql.policies import PolicyStore
from streams.errors import PolicyError
from tests.contract.judging import NOW_MS, a_policy

AT_ONCE = 4


def test_an_empty_database_has_no_active_policy(engine: Engine) -> None:
    with pytest.raises(PolicyError, match="refund-sentinel policy activate"):
        PolicyStore(engine).active()


def test_a_policy_is_seeded_only_where_none_is_active(engine: Engine) -> None:
    store = PolicyStore(engine)

    assert store.seed(a_policy("first"), NOW_MS)
    assert not store.seed(a_policy("second", "b"), NOW_MS)
    assert store.active() == a_policy("first")


def test_what_was_activated_last_is_active_also_when_it_was_before(engine: Engine) -> None:
    store = PolicyStore(engine)
    for policy in (a_policy("first"), a_policy("second", "b"), a_policy("first")):
        store.activate(policy, NOW_MS, "ops")

    assert store.active() == a_policy("first")


def test_another_worker_sees_an_activation(open_database: Callable[[], Engine]) -> None:
    one, other = PolicyStore(open_database()), PolicyStore(open_database())
    one.activate(a_policy("first"), NOW_MS, "ops")
    assert other.active() == a_policy("first")

    one.activate(a_policy("second", "b"), NOW_MS, "ops")

    assert other.active() == a_policy("second", "b")


def test_of_several_workers_that_seed_at_once_one_does(open_database: Callable[[], Engine]) -> None:
    begin = threading.Barrier(AT_ONCE)
    stores = [PolicyStore(open_database()) for _ in range(AT_ONCE)]

    def seed(number: int) -> bool:
        begin.wait(30)
        return stores[number].seed(a_policy(f"policy-{number}", str(number)), NOW_MS)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        seeded = list(pool.map(seed, range(AT_ONCE)))

    assert sorted(seeded) == [False, False, False, True]
    assert stores[0].active().name == f"policy-{seeded.index(True)}"


def test_the_audit_key_is_made_once_by_whoever_asks_first(open_database: Callable[[], Engine]) -> None:
    begin = threading.Barrier(AT_ONCE)
    engines = [open_database() for _ in range(AT_ONCE)]

    def ask(engine: Engine) -> bytes:
        begin.wait(30)
        return audit_key(engine, NOW_MS)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        keys = set(pool.map(ask, engines))

    assert keys == {audit_key(engines[0], NOW_MS + 1)}
    assert [len(key) for key in keys] == [32]
