"""Accounts of people: passwords that open, and pauses that grow when they do not."""

from typing import Literal

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as some

from streams.access.accounts import Account, Accounts, Locked
from streams.access.wrong_passwords import FIRST_PAUSE_MS, FORGOTTEN_MS, FREE_TRIES, LONGEST_PAUSE_MS
from streams.errors import Invalid, NotAllowed, NotFound


class Kept:
    """Accounts in memory."""

    def __init__(self) -> None:
        self.strangers: dict[bytes, tuple[int, int]] = {}
        self.rows: dict[str, tuple[Account, str]] = {}

    def add(self, account: Account, password_hash: str) -> bool:
        return self.rows.setdefault(account.name, (account, password_hash))[0] is account

    def find(self, name: str) -> tuple[Account, str] | None:
        return self.rows.get(name)

    def of_subject(self, subject: str) -> Account | None:
        return next((account for account, _ in self.rows.values() if account.subject == subject), None)

    def set_scopes(self, name: str, scopes: tuple[str, ...]) -> None:
        self._changed(name, scopes=scopes)

    def every(self) -> list[Account]:
        return [account for account, _ in self.rows.values()]

    def close(self, name: str, at_ms: int) -> Account | None:
        return self._changed(name, closed_at_ms=at_ms)

    def set_password(self, name: str, password_hash: str) -> bool:
        found = self._changed(name, failures=0, locked_until_ms=None)
        if found is not None:
            self.rows[name] = found, password_hash
        return found is not None

    def set_failures(self, name: str, failures: int, locked_until_ms: int | None) -> None:
        self._changed(name, failures=failures, locked_until_ms=locked_until_ms)

    def unknown(self, digest: bytes) -> tuple[int, int | None]:
        return self.strangers.get(digest, (0, None))

    def set_unknown(self, digest: bytes, failures: int, locked_until_ms: int) -> None:
        self.strangers[digest] = failures, locked_until_ms

    def purge_unknown(self, before_ms: int) -> int:
        kept = {one: tried for one, tried in self.strangers.items() if tried[1] >= before_ms}
        gone, self.strangers = len(self.strangers) - len(kept), kept
        return gone

    def _changed(self, name: str, **changes: int | tuple[str, ...] | None) -> Account | None:
        if name not in self.rows:
            return None
        account, kept = self.rows[name]
        fields = {one: getattr(account, one) for one in Account.__struct_fields__} | changes
        self.rows[name] = Account(**fields), kept
        return self.rows[name][0]


@pytest.fixture
def accounts() -> Accounts:
    return Accounts(Kept(), PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def made(accounts: Accounts, *scopes: str) -> str:
    return accounts.create("lin.wei", scopes or ["reviewer"], by="t", now_ms=1, password="right").name


def test_the_right_password_opens_and_another_does_not(accounts: Accounts) -> None:
    name = made(accounts)

    opened = accounts.check(name, "right", 2)

    assert isinstance(opened, Account)
    assert opened.scopes == ("reviewer",)
    assert accounts.check(name, "wrong", 3) is None
    assert accounts.check("nobody", "right", 4) is None


def test_a_made_password_is_shown_once_and_kept_as_argon2id() -> None:
    kept = Kept()
    made_account = Accounts(kept).create("a", ["auditor"], by="t", now_ms=1)

    assert kept.rows["a"][1].startswith("$argon2id$")
    assert made_account.password not in kept.rows["a"][1]


def test_wrong_passwords_lock_the_account_for_growing_pauses_up_to_a_longest_one(accounts: Accounts) -> None:
    name, now_ms, pauses = made(accounts), 10, list[int]()
    for _ in range(FREE_TRIES - 1):
        assert accounts.check(name, "wrong", now_ms) is None
    for _ in range(12):
        assert accounts.check(name, "wrong", now_ms) is None
        locked = accounts.check(name, "right", now_ms)
        assert isinstance(locked, Locked)
        pauses.append(locked.wait_ms)
        now_ms += locked.wait_ms

    assert pauses[:3] == [FIRST_PAUSE_MS, 2 * FIRST_PAUSE_MS, 4 * FIRST_PAUSE_MS]
    assert pauses[-1] == LONGEST_PAUSE_MS
    assert isinstance(accounts.check(name, "right", now_ms), Account)


@given(
    waits=some.lists(
        some.sampled_from([0, 1, FIRST_PAUSE_MS - 1, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, FORGOTTEN_MS, 2 * FORGOTTEN_MS]),
        max_size=20,
    ),
    purged=some.booleans(),
)
def test_names_that_no_account_has_are_answered_like_those_of_accounts(*, waits: list[int], purged: bool) -> None:
    accounts = Accounts(Kept(), PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts.create("known", ["reviewer"], by="t", now_ms=1, password="right")
    accounts.create("closed", ["reviewer"], by="t", now_ms=1, password="right")
    accounts.close("closed", 1)
    now_ms = 10
    for wait in waits:
        now_ms += wait
        if purged:
            accounts.purge(now_ms)
        known, *others = [accounts.check(name, "wrong", now_ms) for name in ("known", "closed", "nobody", "\x00", "")]
        assert others == [known] * 4


def test_one_hash_is_looked_at_for_each_name_that_is_not_locked() -> None:
    looked = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - argon2's name for it
            looked.append(hash)
            return super().verify(hash, password)

    kept = Kept()
    accounts = Accounts(kept, Counting(time_cost=1, memory_cost=8, parallelism=1))
    accounts.create("known", ["reviewer"], by="t", now_ms=1, password="right")
    kept.add(Account(name="by.provider", scopes=("reviewer",), made_at_ms=1, made_by="t"), "")
    for name in ("known", "nobody", "by.provider"):
        looked.clear()
        assert accounts.check(name, "wrong", 1) is None
        assert [str(one).startswith("$argon2id$") for one in looked] == [True], name


def test_the_right_password_forgets_the_wrong_ones(accounts: Accounts) -> None:
    name = made(accounts)
    for _ in range(3 * FREE_TRIES):
        accounts.check(name, "wrong", 2)
        assert isinstance(accounts.check(name, "right", 3), Account), "a locked name is none"


def test_a_closed_account_opens_nothing(accounts: Accounts) -> None:
    name = made(accounts)
    accounts.close(name, 2)

    assert accounts.check(name, "right", 3) is None


def test_a_new_password_takes_the_old_ones_place(accounts: Accounts) -> None:
    name = made(accounts)
    new = accounts.new_password(name).password

    assert accounts.check(name, "right", 2) is None
    assert isinstance(accounts.check(name, new, 3), Account)
    with pytest.raises(NotFound, match="no account x"):
        accounts.new_password("x")


@pytest.mark.parametrize("scopes", [[], ["platform"], ["buyer:b-1"], ["reviewer", "platform"], ["merchant"]])
def test_an_account_has_only_roles_of_people(accounts: Accounts, scopes: list[str]) -> None:
    with pytest.raises(Invalid):
        accounts.create("x", scopes, by="t", now_ms=1)


def test_a_name_is_taken_once(accounts: Accounts) -> None:
    made(accounts)
    with pytest.raises(Invalid, match="already"):
        made(accounts)


@pytest.mark.parametrize("name", ["system", "System", "SYSTEM"])
def test_nobody_has_the_systems_own_name(accounts: Accounts, name: str) -> None:
    with pytest.raises(Invalid, match="not 'system'"):
        accounts.create(name, ["reviewer"], by="t", now_ms=1)


def test_nobody_changes_their_own_account_by_another_door(accounts: Accounts) -> None:
    name = made(accounts)
    for by in (name, name.upper(), f"local:{name}"):
        with pytest.raises(NotAllowed, match="your own"):
            accounts.change_roles(name, ["admin"], by=by)
