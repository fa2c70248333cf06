"""People's accounts and sessions, in the database."""

import msgspec
from sqlalchemy import Engine, RowMapping, and_, delete, func, or_, select, update

from streams.access.accounts import Account
from streams.access.sessions import IDLE_MS, LONGEST_MS, Session
from streams.adapters.sql.bulk_insert import insert_on_conflict, insert_or_leave
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.tables import accounts, sessions, unknown_names

_ACCOUNT = [accounts.c[name] for name in Account.__struct_fields__]
_SESSION = [sessions.c[name] for name in Session.__struct_fields__]


class SqlAccounts:
    """Fulfils :class:`streams.access.accounts.AccountRecords`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, account: Account, password_hash: str) -> bool:
        """Keep a new account; False where the name, or the subject, is taken: other capitals make no other name."""
        row = msgspec.structs.asdict(account) | {"scopes": " ".join(account.scopes), "password_hash": password_hash}
        alike = select(accounts.c.name).where(func.lower(accounts.c.name) == account.name.lower())
        with writing(self._engine) as connection:
            if connection.execute(alike).first() is not None:
                return False
            added = insert_or_leave(self._engine, accounts).values(row).returning(accounts.c.name)
            return connection.execute(added).first() is not None

    def find(self, name: str) -> tuple[Account, str] | None:
        """Return an account and its password's hash."""
        with reading(self._engine) as connection:
            found = select(*_ACCOUNT, accounts.c.password_hash).where(accounts.c.name == name)
            row = connection.execute(found).mappings().first()
            return None if row is None else (_account(row), row["password_hash"])

    def of_subject(self, subject: str) -> Account | None:
        """Return the account of whom a sign-in provider vouches for."""
        with reading(self._engine) as connection:
            found = select(*_ACCOUNT).where(accounts.c.subject == subject)
            row = connection.execute(found).mappings().first()
            return None if row is None else _account(row)

    def set_scopes(self, name: str, scopes: tuple[str, ...]) -> None:
        """Store what the account may be from now on."""
        changed = update(accounts).where(accounts.c.name == name)
        with writing(self._engine) as connection:
            connection.execute(changed.values(scopes=" ".join(scopes)))

    def every(self) -> list[Account]:
        """Return all accounts by name."""
        with reading(self._engine) as connection:
            return [_account(row) for row in connection.execute(select(*_ACCOUNT).order_by(accounts.c.name)).mappings()]

    def close(self, name: str, at_ms: int) -> Account | None:
        """Return the account, which opens nothing from now on, nor do its sessions."""
        closed = update(accounts).where(accounts.c.name == name, accounts.c.closed_at_ms.is_(None))
        with writing(self._engine) as connection:
            connection.execute(closed.values(closed_at_ms=at_ms))
            connection.execute(delete(sessions).where(sessions.c.name == name))
        found = self.find(name)
        return None if found is None else found[0]

    def set_password(self, name: str, password_hash: str) -> bool:
        """Store another password, end the account's sessions and its lock; False where there is no such account."""
        changed = update(accounts).where(accounts.c.name == name)
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.name == name))
            kept = {"password_hash": password_hash, "failures": 0, "locked_until_ms": None}
            return connection.execute(changed.values(kept)).rowcount == 1

    def set_failures(self, name: str, failures: int, locked_until_ms: int | None) -> None:
        """Store how many wrong passwords came in a row, and until when no further one is looked at."""
        changed = update(accounts).where(accounts.c.name == name)
        with writing(self._engine) as connection:
            connection.execute(changed.values(failures=failures, locked_until_ms=locked_until_ms))

    def unknown(self, digest: bytes) -> tuple[int, int | None]:
        """Return wrong passwords in a row of a name that no account has, and until when no further one is looked at."""
        found = select(unknown_names.c.failures, unknown_names.c.locked_until_ms)
        with reading(self._engine) as connection:
            row = connection.execute(found.where(unknown_names.c.digest == digest)).first()
            return (0, None) if row is None else (row.failures, row.locked_until_ms)

    def set_unknown(self, digest: bytes, failures: int, locked_until_ms: int) -> None:
        """Store the same."""
        kept = {"failures": failures, "locked_until_ms": locked_until_ms}
        added = insert_on_conflict(self._engine, unknown_names).values({"digest": digest} | kept)
        with writing(self._engine) as connection:
            connection.execute(added.on_conflict_do_update(index_elements=["digest"], set_=kept))

    def purge_unknown(self, before_ms: int) -> int:
        """Return how many such names were deleted because they were locked until before then."""
        with writing(self._engine) as connection:
            return connection.execute(delete(unknown_names).where(unknown_names.c.locked_until_ms < before_ms)).rowcount


class SqlSessions:
    """Fulfils :class:`streams.access.sessions.SessionRecords`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, session: Session, digest: bytes) -> None:
        """Keep a new session under the SHA-256 of its token."""
        with writing(self._engine) as connection:
            connection.execute(sessions.insert().values(msgspec.structs.asdict(session) | {"digest": digest}))

    def find(self, digest: bytes, now_ms: int) -> tuple[Session, Account] | None:
        """Return the session whose token has this SHA-256, or had it until a moment ago, and its account."""
        old = and_(sessions.c.old_digest == digest, sessions.c.old_until_ms > now_ms)
        wanted = select(*_SESSION, *(column.label(f"account_{column.name}") for column in _ACCOUNT)).join_from(
            sessions, accounts, sessions.c.name == accounts.c.name
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted.where(or_(sessions.c.digest == digest, old))).mappings().first()
        if row is None:
            return None
        of_account = {name: row[f"account_{name}"] for name in Account.__struct_fields__}
        of_account["scopes"] = tuple(of_account["scopes"].split())
        return Session(**{name: row[name] for name in Session.__struct_fields__}), Account(**of_account)

    def seen(self, session_id: str, at_ms: int) -> None:
        """Store when the session was last seen."""
        with writing(self._engine) as connection:
            connection.execute(update(sessions).where(sessions.c.session_id == session_id).values(seen_at_ms=at_ms))

    def renew(self, session: Session, digest: bytes, now_ms: int, old_until_ms: int) -> bool:
        """Store a new token; the old one holds until then. False where another call did so first."""
        changed = update(sessions).where(
            sessions.c.session_id == session.session_id, sessions.c.renewed_at_ms == session.renewed_at_ms
        )
        kept = {
            "digest": digest,
            "old_digest": sessions.c.digest,
            "old_until_ms": old_until_ms,
            "renewed_at_ms": now_ms,
        }
        with writing(self._engine) as connection:
            return connection.execute(changed.values(kept)).rowcount == 1

    def end(self, session_id: str) -> None:
        """Delete the session."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.session_id == session_id))

    def purge(self, now_ms: int) -> int:
        """Return how many sessions were deleted because their time is over."""
        over = or_(sessions.c.seen_at_ms <= now_ms - IDLE_MS, sessions.c.begun_at_ms <= now_ms - LONGEST_MS)
        with writing(self._engine) as connection:
            return connection.execute(delete(sessions).where(over)).rowcount


def _account(row: RowMapping) -> Account:
    fields = {name: row[name] for name in Account.__struct_fields__}
    return Account(**fields | {"scopes": tuple(row["scopes"].split())})
