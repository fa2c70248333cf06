"""Whether a case's row says what its trail says."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cases.acts import Action
from streams.cases.audit import AuditEntry, EntryContent, entry_after
from streams.cases.record.told_by_trail import Standing, told_otherwise
from streams.cases.states import CaseState

DECIDED = Standing("DECIDED", 3, "REFUSE")


def trail(*acts: tuple[str, Mapping[str, Any] | None]) -> list[AuditEntry]:
    """Return the entries of these acts; details None: their payload was erased."""
    made: list[AuditEntry] = []
    for action, said in acts:
        content = EntryContent(at_ms=7, actor="lin", action=action, payload=json.dumps(said or {}).encode())
        entry = entry_after(made[-1] if made else None, "c-1", content, bytes(16))
        made.append(entry)
    return [
        entry if said is not None else AuditEntry(**{**_fields(entry), "salt": None, "payload": None})
        for entry, (_, said) in zip(made, acts, strict=True)
    ]


def _fields(entry: AuditEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in AuditEntry.__dataclass_fields__}


LIFE: list[tuple[str, Mapping[str, Any] | None]] = [
    ("CASE_OPENED", {"to": "AWAITING_MERCHANT", "version": 1}),
    ("STATEMENT_MADE", {"from": "AWAITING_MERCHANT", "to": "READY", "version": 2}),
    ("ASSIGNED", {"from": "READY", "to": "ASSIGNED", "version": 2}),
    ("HELD", {"until_ms": 5, "version": 2}),
    ("REFUSED", {"from": "ASSIGNED", "to": "DECIDED", "rule": "R-1", "version": 3}),
]


def test_a_row_that_says_what_the_trail_says_is_right() -> None:
    assert told_otherwise(DECIDED, trail(*LIFE)) is None


@given(
    state=st.sampled_from([state.value for state in CaseState]),
    version=st.integers(1, 9),
    verdict=st.sampled_from([None, "GRANT", "REFUSE", "FORGERY_CONFIRMED"]),
)
def test_each_field_that_says_something_else_is_named(state: str, version: int, verdict: str | None) -> None:
    row = Standing(state, version, verdict)
    other = told_otherwise(row, trail(*LIFE)) or ""

    assert {name for name in Standing._fields if f"{name} " in other} == {
        name for name in Standing._fields if getattr(row, name) != getattr(DECIDED, name)
    }


@pytest.mark.parametrize("row", [DECIDED._replace(verdict="GRANT"), DECIDED._replace(state="READY")])
def test_what_was_erased_still_tells_the_verdict_and_where_it_led(row: Standing) -> None:
    erased = trail(*((action, None) for action, _ in LIFE))

    assert told_otherwise(DECIDED, erased) is None
    assert told_otherwise(row, erased) is not None


def test_what_an_earlier_release_did_not_write_is_not_compared() -> None:
    before = trail(("CASE_OPENED", {"score": 90}), ("STATEMENT_MADE", {"to": "NEEDS_BUYER_EVIDENCE"}))

    assert told_otherwise(Standing("AWAITING_BUYER_EVIDENCE", 7, None), before) is None
    assert told_otherwise(Standing("AWAITING_BUYER_EVIDENCE", 7, "GRANT"), before) is not None


@pytest.mark.parametrize("act", [Action.APPEALED, Action.FORGERY_REVOKED])
def test_an_appeal_and_a_revocation_take_the_verdict_back(act: Action) -> None:
    undecided = trail(*LIFE, (act, {"from": "DECIDED", "to": "APPEALED", "version": 4}))

    assert told_otherwise(Standing("APPEALED", 4, None), undecided) is None
    assert told_otherwise(Standing("APPEALED", 4, "REFUSE"), undecided) is not None
