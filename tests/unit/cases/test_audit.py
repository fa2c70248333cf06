"""No entry of a case's audit chain can be changed, moved or taken from the middle unnoticed."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.cases.audit import AuditEntry, EntryContent, entry_after, first_fault, verify

CASE = "c-1"
SALT = bytes(16)

acts = st.builds(
    EntryContent,
    at_ms=st.integers(0, 2**62),
    actor=st.text(max_size=8),
    action=st.sampled_from(["CASE_OPENED", "READY", "DECIDED"]),
    payload=st.binary(max_size=16),
)


def chain(acts: list[EntryContent], case_id: str = CASE) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for number, act in enumerate(acts):
        entries.append(entry_after(entries[-1] if entries else None, case_id, act, number.to_bytes(16)))
    return entries


chains = st.lists(acts, min_size=1, max_size=6).map(chain)


def but_with(entry: AuditEntry, **changes: Any) -> AuditEntry:
    return replace(entry, **changes)


def flipped(raw: bytes, bit: int) -> bytes:
    number = int.from_bytes(raw) ^ (1 << bit % (len(raw) * 8))
    return number.to_bytes(len(raw))


@given(chains)
def test_a_chain_as_it_was_written_holds(entries: list[AuditEntry]) -> None:
    assert verify(CASE, entries) is None


@given(chains, st.data())
def test_any_flipped_bit_is_noticed_where_it_is(entries: list[AuditEntry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    entry = entries[place]
    field = data.draw(
        st.sampled_from([name for name in ("commitment", "link", "salt", "payload") if getattr(entry, name)])
    )
    broken = flipped(getattr(entry, field), data.draw(st.integers(0, 255)))

    entries[place] = but_with(entry, **{field: broken})

    assert verify(CASE, entries) == place + 1


@given(chains, st.data())
def test_any_changed_word_is_noticed_where_it_is(entries: list[AuditEntry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    entry = entries[place]
    changes = {
        "case_id": "c-2",
        "seq": entry.seq + 1,
        "at_ms": entry.at_ms + 1,
        "actor": entry.actor + "x",
        "action": entry.action + "x",
    }
    field = data.draw(st.sampled_from(sorted(changes)))

    entries[place] = but_with(entry, **{field: changes[field]})

    assert verify(CASE, entries) == place + 1


@given(chains.filter(lambda entries: len(entries) > 1), st.data())
def test_entries_in_another_order_are_noticed(entries: list[AuditEntry], data: st.DataObject) -> None:
    order = data.draw(st.permutations(entries).filter(lambda order: list(order) != entries))
    first_moved = next(n for n, (now, then) in enumerate(zip(order, entries, strict=True), 1) if now != then)

    assert verify(CASE, order) == first_moved


@given(chains.filter(lambda entries: len(entries) > 1), st.data())
def test_an_entry_taken_out_before_the_end_is_noticed(entries: list[AuditEntry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 2))

    del entries[place]

    assert verify(CASE, entries) == place + 1


ERASED = EntryContent(at_ms=9, actor="lin.wei", action="WORDS_ERASED", payload=b"{}")


@given(chains, st.data())
def test_an_erased_payload_leaves_the_chain_whole_where_the_chain_says_that_it_was_erased(
    entries: list[AuditEntry], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    entries[place] = but_with(entries[place], salt=None, payload=None)

    assert first_fault(CASE, entries) == (place + 1, "TAKEN_AWAY")
    entries.append(entry_after(entries[-1], CASE, ERASED, SALT))
    assert verify(CASE, entries) is None
    later = entry_after(entries[-1], CASE, ERASED, SALT)
    assert verify(CASE, [*entries, later]) is None
    assert verify(CASE, [*entries, but_with(later, salt=None, payload=None)]) == later.seq


@given(chains)
def test_a_payload_without_its_salt_is_noticed(entries: list[AuditEntry]) -> None:
    entries[0] = but_with(entries[0], salt=None)

    assert verify(CASE, entries) == 1


def test_a_case_without_entries_lacks_its_first() -> None:
    assert verify(CASE, []) == 1


def test_the_chain_of_another_case_is_noticed() -> None:
    entries = chain([EntryContent(at_ms=1, actor="system", action="CASE_OPENED", payload=b"{}")], case_id="c-2")

    assert verify(CASE, entries) == 1


def test_text_moved_from_one_field_to_the_next_is_noticed() -> None:
    [entry] = chain([EntryContent(at_ms=1, actor="anna", action="READY", payload=b"")])

    assert verify(CASE, [but_with(entry, actor="annaR", action="EADY")]) == 1


def test_an_entry_is_hashed_as_the_documentation_says() -> None:
    act = EntryContent(at_ms=1_790_000_000_000, actor="system", action="CASE_OPENED", payload=b"{}")

    entry = entry_after(None, CASE, act, SALT)

    def with_lengths(*parts: bytes) -> bytes:
        return sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()

    commitment = with_lengths(b"refund-sentinel/audit/commitment/1", SALT, b"{}")
    words = (b"c-1", b"1", b"1790000000000", b"system", b"CASE_OPENED", commitment)
    assert entry.commitment == commitment
    assert entry.link == with_lengths(b"refund-sentinel/audit/link/1", bytes(32), *words)
