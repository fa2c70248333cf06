"""The gate: whatever steps a verb asks for, what comes out goes the ways that are drawn, or there is nothing."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cases.acts import Action, by_system
from streams.cases.states import CaseState
from streams.cases.transitions import Step, Transition, may_move, moved, noted, opened
from streams.errors import IllegalMove
from tests.case_ways import WAYS
from tests.unit.cases.cases import LIN, a_case

states = st.sampled_from(CaseState)


def said(transition: Transition) -> list[dict[str, Any]]:
    return [json.loads(entry.payload) for entry in transition.entries]


@given(states, st.lists(states, min_size=1, max_size=4))
def test_a_way_is_gone_where_every_step_is_drawn_and_else_nothing_is(start: CaseState, way: list[CaseState]) -> None:
    steps = [Step(Action.ASSIGNED, to) for to in way]
    drawn = all((now.value, then.value) in WAYS for now, then in zip([start, *way], way, strict=False))
    if not drawn:
        with pytest.raises(IllegalMove, match="cannot go from"):
            moved(a_case(state=start), LIN, steps)
        return
    done = moved(a_case(state=start, changes=3), LIN, steps)
    assert (done.after.state, done.after.changes, done.way) == (way[-1], 4, (start, *way))
    assert [(each["from"], each["to"]) for each in said(done)] == list(zip([start, *way], way, strict=False))


@pytest.mark.parametrize(
    ("actions", "version"),
    [
        ([Action.ASSIGNED], 3),
        ([Action.HEARD_ELSEWHERE, Action.ASSIGNED, Action.VERDICT_KEPT], 3),
        ([Action.HEARD_ELSEWHERE, Action.ASSIGNED, Action.REFUSED], 4),
        ([Action.STATEMENT_MADE], 4),
    ],
)
def test_a_version_counts_what_whoever_decides_later_may_know_of(actions: list[Action], version: int) -> None:
    steps = [Step(action, None, {}) for action in actions]

    done = moved(a_case(version=3, changes=5), LIN, steps, score=1)

    assert (done.after.version, done.after.changes) == (version, 6)


@given(states, states)
def test_no_transition_is_made_by_hand_that_is_not_drawn(now: CaseState, then: CaseState) -> None:
    before = a_case(state=now)
    after = msgspec.structs.replace(before, state=then)
    if (now.value, then.value) in WAYS:
        assert Transition(before=before, after=after, way=(now, then), entries=()).after == after
        assert may_move(before, then)
        return
    assert not may_move(before, then)
    with pytest.raises(IllegalMove):
        Transition(before=before, after=after, way=(now, then), entries=())


def test_a_transition_ends_where_its_case_does() -> None:
    before = a_case()
    with pytest.raises(IllegalMove):
        Transition(
            before=before,
            after=msgspec.structs.replace(before, state=CaseState.DECIDED),
            way=(before.state,),
            entries=(),
        )


@given(states)
def test_a_case_is_opened_where_the_merchant_is_waited_for_and_nowhere_else(state: CaseState) -> None:
    if state is not CaseState.AWAITING_MERCHANT:
        with pytest.raises(IllegalMove):
            opened(a_case(state=state), LIN, {})
        return
    done = opened(a_case(), by_system(7), {"score": 90})
    assert (done.before, said(done)) == (None, [{"to": "AWAITING_MERCHANT", "score": 90, "version": 1}])
    assert [(event.event, event.occurred_at_ms) for event in done.events] == [("CASE_OPENED", 7)]


def test_the_note_of_an_act_stands_with_its_last_step() -> None:
    steps = [Step(Action.HEARD_ELSEWHERE, CaseState.READY), Step(Action.ASSIGNED, CaseState.ASSIGNED, {"by": "lot"})]
    done = moved(a_case(), LIN, steps)
    assert [each.get("note") for each in said(done)] == [None, LIN.note]
    assert {(entry.actor, entry.at_ms) for entry in done.entries} == {(LIN.by, LIN.at_ms)}
    assert said(done)[1]["by"] == "lot"


@pytest.mark.parametrize(("changes", "due_at_ms"), [({}, None), ({"due_at_ms": 9}, 9)])
def test_a_deadline_ends_with_its_state(changes: dict[str, Any], due_at_ms: int | None) -> None:
    steps = [Step(Action.HEARD_ELSEWHERE, CaseState.READY)]
    assert moved(a_case(due_at_ms=5), LIN, steps, **changes).after.due_at_ms == due_at_ms


def test_what_is_only_noted_leaves_the_case_as_it_is() -> None:
    case = a_case(due_at_ms=5)
    done = noted(case, LIN, Action.PHOTOS_ERASED, {"photos": ["c1"]})
    assert done.after is done.before is case
    assert (done.events, said(done)) == ((), [{"note": LIN.note, "photos": ["c1"], "version": 1}])


def test_a_change_without_a_move_is_a_version_of_its_own() -> None:
    done = moved(a_case(due_at_ms=5), LIN, [Step(Action.RELINKED)], opened_for="c-9")
    assert (done.after.version, done.after.opened_for, done.after.due_at_ms) == (2, "c-9", 5)


def test_events_of_one_case_have_ids_of_their_own() -> None:
    closing = [Step(Action.CLOSED, CaseState.CLOSED)]
    first = moved(a_case(), LIN, closing, tell="CLOSED")
    again = moved(a_case(changes=5), LIN, closing, tell="CLOSED")
    same = moved(a_case(), LIN, closing, tell="CLOSED")
    assert first.events[0].event_id == same.events[0].event_id != again.events[0].event_id
