"""What audit entries say, kept under a key of the person whose case it is: without the key nobody reads it any more.

A stored payload is one octet 1, the key's id (16), a nonce (12), and AES-256-GCM over salt (16) and payload, with the
case's id beside it. ``salt`` is null then. Both are null where one payload alone was erased. Entries from before there
were keys have their payload and salt in clear, and so has what says that something was erased: it is nobody's.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, Connection, Dialect, RowMapping, func, select

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.bulk_insert import BulkInsert
from streams.adapters.sql.cases.reading import cases_of
from streams.adapters.sql.round_trip import Later, RoundTrip
from streams.adapters.sql.tables import audit, case_evidence, cases, person_keys
from streams.cases.acts import Action
from streams.cases.audit import AuditEntry

SALT_BYTES = 16
KEY_ID_BYTES = 16
NONCE_BYTES = 12
KEY_BYTES = 32
FORMAT = b"\x01"
_HEAD = len(FORMAT) + KEY_ID_BYTES
IN_CLEAR = frozenset({Action.PHOTOS_ERASED.value, Action.WORDS_ERASED.value})
"""Acts whose details stay readable when the person's key is gone."""
FIELDS = list(AuditEntry.__dataclass_fields__)
COLUMNS = [audit.c[name] for name in FIELDS]


class PersonKey(NamedTuple):
    """A key of a person, 32 bytes."""

    key_id: bytes
    key: bytes


class PersonKeys:
    """The keys of persons, in the caller's transaction."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = ArrayParameters(dialect.name)
        self._insert = BulkInsert(dialect, person_keys, ["key_id", "person", "key", "made_at_ms"])
        own = select(person_keys.c.person, person_keys.c.key_id, person_keys.c.key)
        self._to_write = own.where(self._lists.among(person_keys.c.person)).with_for_update(read=True)

    def to_write(self, trip: RoundTrip, persons: Collection[str]) -> Later[dict[str, PersonKey]]:
        """Return the keys of those persons who have one, once the trip was sent: none goes until the commit."""
        if not persons:
            return dict
        return trip.ask(
            self._to_write,
            self._lists.given(sorted(persons)),
            lambda rows: {person: PersonKey(bytes(key_id), bytes(key)) for person, key_id, key in rows},
        )

    def with_new(
        self, trip: RoundTrip, persons: Collection[str], known: Mapping[str, PersonKey], at_ms: int
    ) -> dict[str, PersonKey]:
        """Return a key for each person: of those without a ``known`` one, one made now, which the trip stores."""
        made = _new_keys([person for person in sorted(persons) if person not in known])
        new = [{"person": person, "made_at_ms": at_ms} | key._asdict() for person, key in made.items()]
        trip.write(self._insert, new)
        return {**known, **made}

    def to_read(self, connection: Connection, case_ids: Collection[str]) -> dict[bytes, bytes]:
        """Return the keys of the persons of these cases by their ids, as far as they are still there."""
        if not case_ids:
            return {}
        own = select(cases.c.person).where(self._lists.among(cases.c.case_id))
        found = select(person_keys.c.key_id, person_keys.c.key).where(person_keys.c.person.in_(own))
        return {bytes(row.key_id): bytes(row.key) for row in connection.execute(found, self._lists.given(case_ids))}

    def entries(self, connection: Connection, rows: Iterable[RowMapping]) -> list[AuditEntry]:
        """Return the entries of rows of :data:`COLUMNS`, readable where the key is there."""
        read = list(rows)
        return opened(read, self.to_read(connection, {row["case_id"] for row in read if _key_id(row) is not None}))

    def evidence(self, connection: Connection, case_id: str) -> bytes | None:
        """Return what was gathered when the case was opened; None: nothing is kept of it, or not readable any more."""
        kept = select(case_evidence.c.content).where(case_evidence.c.case_id == case_id)
        stored = connection.execute(kept).scalar()
        if stored is None:
            return None
        key = self.to_read(connection, [case_id]).get(bytes(stored)[len(FORMAT) : _HEAD])
        return None if key is None else _shown(bytes(stored), case_id, key)

    def destroy(self, connection: Connection, persons: Collection[str]) -> int:
        """Return how many keys and payloads in clear of these persons are no more."""
        given = self._lists.given(persons)
        own = self._lists.given(cases_of(connection, self._lists, persons))
        connection.execute(case_evidence.delete().where(self._lists.among(case_evidence.c.case_id)), own)
        keys = connection.execute(person_keys.delete().where(self._lists.among(person_keys.c.person)), given).rowcount
        plain = audit.update().where(self._in_clear()).values(salt=None, payload=None)
        return keys + connection.execute(plain, own).rowcount

    def readable_cases(self, connection: Connection, persons: Collection[str]) -> list[str]:
        """Return the cases of these persons of which an entry can be read that goes with the person."""
        keys = select(person_keys.c.key_id).where(self._lists.among(person_keys.c.person))
        own = self._lists.given(cases_of(connection, self._lists, persons))
        held = {bytes(key) for key in connection.execute(keys, self._lists.given(persons)).scalars()}
        entries = select(*COLUMNS).where(self._lists.among(audit.c.case_id), audit.c.action.not_in(IN_CLEAR))
        rows = connection.execute(entries, own).mappings()
        return sorted({row["case_id"] for row in rows if row["salt"] is not None or _key_id(row) in held})

    def readable(self, connection: Connection, persons: Collection[str]) -> int:
        """Return how many keys and payloads in clear of these persons there are."""
        given = self._lists.given(persons)
        keys = select(func.count()).select_from(person_keys).where(self._lists.among(person_keys.c.person))
        plain = select(func.count()).select_from(audit).where(self._in_clear())
        own = self._lists.given(cases_of(connection, self._lists, persons))
        return int(connection.execute(keys, given).scalar_one() + connection.execute(plain, own).scalar_one())

    def _in_clear(self) -> ColumnElement[bool]:
        kept = audit.c.action.not_in(IN_CLEAR)
        return self._lists.among(audit.c.case_id) & kept & audit.c.salt.is_not(None)


def opened(rows: Iterable[RowMapping], keys: Mapping[bytes, bytes]) -> list[AuditEntry]:
    """Return the entries of rows of :data:`COLUMNS`, readable where their key is among ``keys`` (by id)."""
    return [AuditEntry(**{**row, **_opened(row, keys)}) for row in rows]


def locked(entry: AuditEntry, key: PersonKey, nonce: bytes) -> dict[str, Any]:
    """Return the row of a new entry; ``nonce`` is random and used once."""
    row = {name: getattr(entry, name) for name in FIELDS}
    if entry.action in IN_CLEAR or entry.salt is None or entry.payload is None:
        return row
    return row | {"salt": None, "payload": hidden(entry.salt + entry.payload, entry.case_id, key, nonce)}


def hidden(content: bytes, case_id: str, key: PersonKey, nonce: bytes) -> bytes:
    """Return content on a case as it is stored; ``nonce`` is random and used once."""
    return FORMAT + key.key_id + nonce + AESGCM(key.key).encrypt(nonce, content, case_id.encode())


def _shown(stored: bytes, case_id: str, key: bytes) -> bytes:
    nonce, rest = stored[_HEAD : _HEAD + NONCE_BYTES], stored[_HEAD + NONCE_BYTES :]
    return AESGCM(key).decrypt(nonce, rest, case_id.encode())


def _new_keys(persons: Sequence[str]) -> dict[str, PersonKey]:
    size = KEY_ID_BYTES + KEY_BYTES
    drawn = secrets.token_bytes(size * len(persons))  # at once: the system is asked a thousand times else
    parts = [drawn[at : at + size] for at in range(0, len(drawn), size)]
    return {
        person: PersonKey(part[:KEY_ID_BYTES], part[KEY_ID_BYTES:]) for person, part in zip(persons, parts, strict=True)
    }


def _key_id(row: RowMapping) -> bytes | None:
    if row["salt"] is not None or row["payload"] is None:
        return None
    return bytes(row["payload"])[len(FORMAT) : _HEAD]


def _opened(row: RowMapping, keys: Mapping[bytes, bytes]) -> dict[str, bytes | None]:
    """Return salt and payload: None without the key; what cannot be the entry's own where the bytes were changed."""
    key_id = _key_id(row)
    if key_id is None:
        return {}
    stored = bytes(row["payload"])
    if (key := keys.get(key_id)) is None:
        return {"salt": None, "payload": None}
    try:
        said = _shown(stored, row["case_id"], key)
    except (InvalidTag, ValueError):
        return {"salt": b"", "payload": stored}
    return {"salt": said[:SALT_BYTES], "payload": said[SALT_BYTES:]}
