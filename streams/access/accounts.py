"""People's accounts of this system: a name, what it may be, and a password that is kept as a hash (argon2id)."""

import re
import secrets
from collections.abc import Collection
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Final, NamedTuple, Protocol

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from streams.access.names import is_our_own
from streams.access.roles import Role, Scope, scope_of
from streams.access.wrong_passwords import FORGOTTEN_MS, LONGEST_PAUSE_MS, after_another
from streams.cases.acts import same_person
from streams.errors import Invalid, NotAllowed, NotFound

_AT_ONCE: Final = 2
"""Passwords that are hashed at once: each takes 64 MiB."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
NOT_A_NAME: Final = r"^[^A-Za-z0-9]+|[^A-Za-z0-9._@-]"
"""What has to go for a text to be a name."""
NO_ROLE: Final = frozenset({Role.PLATFORM, Role.BUYER})
"""Roles that no person signs in as: platforms have keys, buyers come through their platform."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account as it is listed. Times are Unix milliseconds; None: never.

    ``subject`` names who a sign-in provider vouches for, and the provider; None: an account of this system alone.
    """

    name: str
    scopes: tuple[str, ...]
    made_at_ms: int
    made_by: str
    closed_at_ms: int | None = None
    failures: int = 0
    locked_until_ms: int | None = None
    subject: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody may sign in with it."""
        return self.closed_at_ms is None

    @property
    def may_be(self) -> frozenset[Scope]:
        """What it may be."""
        return frozenset(map(scope_of, self.scopes))


class MadeAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account that was just made; ``password`` is the only copy."""

    name: str
    password: str


class Locked(msgspec.Struct, frozen=True):
    """What a password is answered that comes too soon after many wrong ones; ``wait_ms`` says how long it lasts."""

    wait_ms: int


class AccountRecords(Protocol):
    """Where accounts are kept; calls block."""

    def add(self, account: Account, password_hash: str) -> bool:
        """Keep a new account; False where the name, or the subject, is taken."""

    def find(self, name: str) -> tuple[Account, str] | None:
        """Return an account and its password's hash."""

    def of_subject(self, subject: str) -> Account | None:
        """Return the account of whom a sign-in provider vouches for."""

    def set_scopes(self, name: str, scopes: tuple[str, ...]) -> None:
        """Store what the account may be from now on."""

    def every(self) -> list[Account]:
        """Return all accounts by name."""

    def close(self, name: str, at_ms: int) -> Account | None:
        """Return the account, which opens nothing from now on, nor do its sessions."""

    def set_password(self, name: str, password_hash: str) -> bool:
        """Store another password, end the account's sessions and its lock; False where there is no such account."""

    def set_failures(self, name: str, failures: int, locked_until_ms: int | None) -> None:
        """Store how many wrong passwords came in a row, and until when no further one is looked at."""

    def unknown(self, digest: bytes) -> tuple[int, int | None]:
        """Return what :meth:`set_unknown` stored for the SHA-256 of a name that no account has; 0 and None: nothing."""

    def set_unknown(self, digest: bytes, failures: int, locked_until_ms: int) -> None:
        """Store the same for a name that no account has."""

    def purge_unknown(self, before_ms: int) -> int:
        """Return how many such names were deleted because they were locked until before then."""


class Accounts:
    """Makes, lists and closes accounts, and checks passwords."""

    def __init__(self, records: AccountRecords, hasher: PasswordHasher | None = None) -> None:
        """``hasher`` None: argon2id as RFC 9106 recommends it for 64 MiB."""
        self._records = records
        self._hasher = hasher or PasswordHasher()
        self._turn = BoundedSemaphore(_AT_ONCE)
        self._nobodys: str | None = None

    def create(
        self, name: str, scopes: Collection[str], *, by: str, now_ms: int, password: str | None = None
    ) -> MadeAccount:
        """Return a new account with the password given, or one made now.

        :class:`Invalid` for a name that cannot be or is taken, and for scopes that people do not have.
        """
        if not _NAME.fullmatch(name) or is_our_own(name):
            msg = "give a name of 1 to 64 letters, digits or . - _ @, but not 'system'"
            raise Invalid(msg)
        chosen = password or secrets.token_urlsafe(12)
        account = Account(name=name, scopes=_of_a_person(scopes), made_at_ms=now_ms, made_by=by)
        if not self._records.add(account, self._hashed(chosen)):
            msg = f"there is an account {name} already"
            raise Invalid(msg)
        return MadeAccount(name=name, password=chosen)

    def every(self) -> list[Account]:
        """Return all accounts by name."""
        return self._records.every()

    def change_roles(self, name: str, scopes: Collection[str], *, by: str) -> Account:
        """Return the account with other roles, which its sessions have at once.

        :class:`NotFound` where there is none, :class:`Invalid` for scopes that people do not have, and
        :class:`NotAllowed` where it is ``by``'s own: so that nobody makes themselves more, or the last admin nothing.
        """
        given = _of_a_person(scopes)
        found = self._records.find(name)
        if found is None:
            raise _none(name)
        _require_another(name, by)
        self._records.set_scopes(name, given)
        return msgspec.structs.replace(found[0], scopes=given)

    def close(self, name: str, now_ms: int, *, by: str | None = None) -> Account:
        """Return the account, which opens nothing any more; safe to repeat.

        :class:`NotFound` where there is none, :class:`NotAllowed` where it is ``by``'s own.
        """
        _require_another(name, by)
        found = self._records.close(name, now_ms)
        if found is None:
            raise _none(name)
        return found

    def new_password(self, name: str) -> MadeAccount:
        """Return the account with a password made now; its sessions end. :class:`NotFound` where there is none."""
        password = secrets.token_urlsafe(12)
        if not self._records.set_password(name, self._hashed(password)):
            raise _none(name)
        return MadeAccount(name=name, password=password)

    def check(self, name: str, password: str, now_ms: int) -> Account | Locked | None:
        """Return the account that this password opens; None: none, and nobody is told whether the name was right.

        :class:`Locked`, also for the right password, while the name is: one that no account has is locked like others.
        """
        with self._turn:  # two at once: wrong passwords are counted though many are sent together
            tries = self._tries(name)
            if tries.until_ms is not None and 0 < (pause_ms := tries.until_ms - now_ms) <= LONGEST_PAUSE_MS:
                return Locked(pause_ms)  # one that is longer was begun by a clock that was ahead
            account = tries.account
            opens = self._matches(tries.password_hash or self._nobodys_hash(), password)
            if opens and account is not None and account.is_open and tries.password_hash:
                if tries.failures or tries.until_ms is not None:
                    self._records.set_failures(account.name, 0, None)
                return account
            self._note(tries, name, *after_another(tries.failures, tries.until_ms, now_ms))
            return None

    def purge(self, now_ms: int) -> int:
        """Return how many names that no account has were forgotten, so long after a wrong password."""
        return self._records.purge_unknown(now_ms - FORGOTTEN_MS)

    def _tries(self, name: str) -> "_Tries":
        """Return what was tried so far; names with an account and without are asked for alike, and take as long."""
        found = self._records.find(name) if _NAME.fullmatch(name) else None
        failures, until_ms = self._records.unknown(_digest(name))
        if found is None:
            return _Tries(failures=failures, until_ms=until_ms)
        account, kept = found
        return _Tries(account, kept, account.failures, account.locked_until_ms)

    def _note(self, tries: "_Tries", name: str, failures: int, until_ms: int) -> None:
        if tries.account is None:
            self._records.set_unknown(_digest(name), failures, until_ms)
        else:
            self._records.set_failures(tries.account.name, failures, until_ms)

    def _nobodys_hash(self) -> str:
        """Return what no password opens: to look at it takes as long as at an account's."""
        self._nobodys = self._nobodys or self._hasher.hash(secrets.token_urlsafe())
        return self._nobodys

    def _hashed(self, password: str) -> str:
        with self._turn:
            return self._hasher.hash(password)

    def _matches(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


class _Tries(NamedTuple):
    """Wrong passwords of a name in a row, and until when no further one is looked at."""

    account: Account | None = None
    password_hash: str = ""
    failures: int = 0
    until_ms: int | None = None


def _digest(name: str) -> bytes:
    return sha256(name.encode("utf-8", "surrogatepass")).digest()


def _none(name: str) -> NotFound:
    return NotFound(f"there is no account {name}: refund-sentinel account list shows them")


def _of_a_person(scopes: Collection[str]) -> tuple[str, ...]:
    """Return the scopes in their order; :class:`Invalid` for none, or for one that people do not have."""
    given = {scope_of(scope) for scope in scopes}
    if not given or any(scope.role in NO_ROLE for scope in given):
        msg = "give at least one role of a person: every scope but platform and buyer"
        raise Invalid(msg)
    return tuple(sorted(map(str, given)))


def _require_another(name: str, by: str | None) -> None:
    if by is not None and same_person(name, by):
        msg = "this is your own account: another admin changes it"
        raise NotAllowed(msg)
