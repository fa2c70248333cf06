"""Whatever people do in whatever order, no case goes a way that is not drawn: looked at from outside."""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from streams.adapters.sql.cases.erasures import SqlErasureRecords
from streams.adapters.sql.keys import SECOND_LOOK_KEY
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.tables import metadata, secrets
from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Party, Wanted
from streams.cases.looks import VerdictName
from streams.cases.procedure import Procedure
from streams.cases.record.erasure import Needs, photos_of, plan
from streams.cases.sent_evidence import SentMedium
from streams.cases.states import CaseState
from streams.casework.record.erasure import finish
from streams.casework.reviewing.verdicts import Verdicts
from streams.errors import IllegalMove, OperatorError
from tests.builders import AT_MS, DAY_MS
from tests.contract.case_trails import QUEUED, check, check_hands
from tests.contract.judging import NOW_MS, a_policy, some_evidence, suspecting
from tests.contract.sql import Database

REQUESTS = [f"rr-{n}" for n in range(5)]
PEOPLE = ("lin.wei", "chen.yu", "wu.min")
PHOTO = SentMedium(uri="claims/f.jpg")
HALF_BY_LOT = Procedure(second_review_share=0.5)
ASKED = (Asked(Wanted.PAPER_CODE), Asked(Wanted.DISPATCH_VIDEO))
given: st.SearchStrategy[VerdictName] = st.sampled_from(["GRANT", "REFUSE", "FORGERY_CONFIRMED", "MORE_EVIDENCE"])
QUEUE_UP = (
    "INSERT INTO review_queue SELECT case_id, 'other', :now, :now, :now, request_id, person, buyer_id, merchant_id,"
    " category, '', true FROM cases WHERE case_id = :case_id"
)
REVIEWED_BEFORE = (
    "SELECT case_id FROM cases WHERE verdict IS NULL AND case_id IN"
    " (SELECT case_id FROM audit WHERE action = 'FORGERY_CONFIRMED') ORDER BY case_id"
)
WAITS = {"AWAITING_MERCHANT", "AWAITING_BUYER_EVIDENCE", "AWAITING_BOTH"}
if TYPE_CHECKING:
    from streams.casework.reviewing.assignments import Assigned

parties: st.SearchStrategy[Party] = st.sampled_from(["merchant", "buyer"])
people, requests = st.sampled_from(PEOPLE), st.sampled_from(REQUESTS)
likes = st.frozensets(requests, max_size=2)
mostly, seldom = st.sampled_from([True, True, False]), st.sampled_from([False, False, False, True])


class Casework(RuleBasedStateMachine):
    """Claims, deadlines, and every command on cases; cases stand in states, too, that only later versions lead to."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database
        self.now_ms = NOW_MS
        self.placed: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.cases: list[str] = []
        with database.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
            lot = {"name": SECOND_LOOK_KEY, "value": b"k" * 32, "made_at_ms": AT_MS}  # so that a life repeats
            connection.execute(secrets.insert(), lot)
        PolicyStore(database.engine).seed(a_policy(), AT_MS)

    @initialize(
        likes=st.tuples(*(st.frozensets(requests, max_size=2) for _ in REQUESTS)),
        asked=st.frozensets(requests),
        heard=mostly,
    )
    def claims_come(self, likes: tuple[frozenset[str], ...], asked: frozenset[str], heard: bool) -> None:  # noqa: FBT001 - drawn
        batch = [
            some_evidence(request_id, buyer_id=request_id, like=tuple(sorted(like - {request_id})))
            for request_id, like in zip(REQUESTS, likes, strict=True)
        ]
        self.database.decide(suspecting(REQUESTS[0], *asked), *batch, now_ms=self.now_ms)
        self._look()
        for case_id in self.cases if heard else ():
            self._try(partial(self.database.hearings.state, case_id, self._act("m-1"), "merchant"))

    @rule(number=st.integers(5, 7), like=likes, ask=st.booleans())
    def another_comes(self, number: int, like: frozenset[str], ask: bool) -> None:  # noqa: FBT001 - drawn
        request_id = f"rr-{number}"
        evidence = some_evidence(request_id, buyer_id=request_id, like=tuple(sorted(like)))
        self.database.decide(suspecting(*([request_id] if ask else [])), evidence, now_ms=self.now_ms)
        self._look()

    @rule(days=st.sampled_from([0.4, 2]))
    def time_passes(self, days: float) -> None:
        self.now_ms += int(days * DAY_MS)

    @rule(data=st.data(), state=st.sampled_from(CaseState))
    def a_later_version_leaves_a_case_in(self, data: st.DataObject, state: CaseState) -> None:
        case_id = data.draw(st.sampled_from(self.cases))
        verdict = "GRANT" if state in {CaseState.DECIDED, CaseState.CLOSED} else None
        self.database.change(
            "UPDATE cases SET state = :state, verdict = :verdict, assignee = NULL, version = version + 1"
            " WHERE case_id = :case_id",
            state=state.value,
            verdict=verdict,
            case_id=case_id,
        )
        self.database.change("DELETE FROM review_queue WHERE case_id = :case_id", case_id=case_id)
        if state.value in QUEUED:
            self.database.change(QUEUE_UP, case_id=case_id, now=self.now_ms)
        self.database.change(
            "UPDATE assignments SET ended_at_ms = 0 WHERE ended_at_ms IS NULL AND case_id = :case_id", case_id=case_id
        )
        entries = self.database.rows("SELECT count(*) FROM audit WHERE case_id = :id", id=case_id)[0][0]
        self.placed[case_id].append((entries, state.value))

    @rule(data=st.data(), by=people, heard=mostly, stale=seldom)
    def confirm(self, data: st.DataObject, by: str, heard: bool, stale: bool) -> None:  # noqa: FBT001 - drawn
        again = self.database.rows(REVIEWED_BEFORE)
        case_id = data.draw(st.sampled_from([case_id for (case_id,) in again] or self.cases))
        [(state, due_at_ms, version, verdict)] = self.database.rows(
            "SELECT state, due_at_ms, version, verdict FROM cases WHERE case_id = :id", id=case_id
        )
        read = version - 1 if stale else version
        done = self._try(
            lambda: self.database.forgeries.confirm(case_id, self._act(by), heard=heard, version=read or None)
        )
        if done and verdict is None:
            assert not (stale and read), "it had changed since it was read"
            assert heard or state not in WAITS or (due_at_ms is not None and due_at_ms <= self.now_ms)

    @rule(data=st.data(), by=people)
    def revoke(self, data: st.DataObject, by: str) -> None:
        confirmed = self.database.rows("SELECT case_id FROM cases WHERE verdict = 'FORGERY_CONFIRMED' ORDER BY case_id")
        case_id = data.draw(st.sampled_from([case_id for (case_id,) in confirmed] or self.cases))
        self._try(lambda: self.database.forgeries.revoke(case_id, self._act(by)))

    @rule(data=st.data(), by=people, given=given, heard=mostly, senior=seldom)
    def decide(self, data: st.DataObject, by: str, given: VerdictName, heard: bool, senior: bool) -> None:  # noqa: FBT001 - drawn
        case_id = data.draw(st.sampled_from(self.cases))
        verdicts = Verdicts(self.database.casework, HALF_BY_LOT)
        asked = ASKED if given == "MORE_EVIDENCE" else ()
        self._try(
            lambda: verdicts.decide(
                case_id, self._act(by), given, "DAMAGE_SHOWN", asked=asked, heard=heard, senior=senior
            )
        )

    @rule(data=st.data(), by=people, given=given)
    def decide_what_a_verdict_is_kept_on(self, data: st.DataObject, by: str, given: VerdictName) -> None:
        kept = self.database.rows("SELECT case_id FROM cases WHERE look IN ('SECOND', 'SENIOR') ORDER BY case_id")
        if kept:
            case_id = data.draw(st.sampled_from([case_id for (case_id,) in kept]))
            asked = ASKED if given == "MORE_EVIDENCE" else ()
            self._try(
                lambda: self.database.verdicts.decide(
                    case_id, self._act(by), given, "DAMAGE_SHOWN", asked=asked, heard=True, senior=True
                )
            )

    @rule(data=st.data(), party=parties)
    def state(self, data: st.DataObject, party: Party) -> None:
        case_id = data.draw(st.sampled_from(self.cases))
        self._try(lambda: self.database.hearings.state(case_id, self._act(party), party))

    @rule(data=st.data(), party=parties)
    def send(self, data: st.DataObject, party: Party) -> None:
        case_id = data.draw(st.sampled_from(self.cases))
        self._try(lambda: self.database.further.send(case_id, self._act(party), party, [PHOTO]))

    @rule(request_id=st.sampled_from([*REQUESTS, "rr-5", "rr-6"]), party=parties)
    def demand_a_human_look(self, request_id: str, party: Party) -> None:
        self._try(lambda: self.database.human_reviews.demand(request_id, self._act(party), party))

    @rule(data=st.data(), party=parties)
    def appeal(self, data: st.DataObject, party: Party) -> None:
        case_id = data.draw(st.sampled_from(self.cases))
        self._try(lambda: self.database.hearings.appeal(case_id, self._act(party), party))

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        case_id = data.draw(st.sampled_from(self.cases))
        self._try(lambda: self.database.hearings.withdraw(case_id, self._act("platform")))

    @rule(request_id=st.sampled_from([*REQUESTS, "rr-5", "rr-6"]))
    def object_to(self, request_id: str) -> None:
        self._try(lambda: self.database.hearings.object_to(request_id, self._act("m-5"), "c1"))

    @rule(by=people)
    def ask_for_the_next(self, by: str) -> None:
        given: list[Assigned | None] = []
        self._try(lambda: given.append(self.database.assignments.next(self._act(by))))
        for each in given:
            assert each is None or (each.case.assignee, each.assignment.reviewer) == (by, by)

    @rule(data=st.data(), by=people, verb=st.sampled_from(["heartbeat", "hold", "skip", "hand over", "draft"]))
    def do_something_with_an_assignment(self, data: st.DataObject, by: str, verb: str) -> None:
        names = self.database.rows(
            "SELECT assignment_id, ended_at_ms, reviewer FROM assignments ORDER BY assigned_at_ms, assignment_id"
        )
        if not names:
            return
        lasting = [each for each in names if each[1:] == (None, by)]
        assignment_id, ended_at_ms, reviewer = data.draw(st.sampled_from([*lasting, *lasting, *lasting, *names]))
        act, hands = self._act(by), self.database.assignments
        verbs: dict[str, Callable[[], object]] = {
            "heartbeat": lambda: hands.heartbeat(assignment_id, act),
            "hold": lambda: hands.hold(assignment_id, act),
            "skip": lambda: hands.skip(assignment_id, act, conflict=act.at_ms % 2 == 0),
            "hand over": lambda: hands.hand_over(assignment_id, act, next(name for name in PEOPLE if name != by)),
            "draft": lambda: hands.draft(assignment_id, act, "as far as I came"),
        }
        if self._try(verbs[verb]):
            assert (reviewer, ended_at_ms) == (by, None), "only who has the case in hand acts on it"

    @rule()
    def leases_run_out(self) -> None:
        lasting = "SELECT count(*) FROM assignments WHERE ended_at_ms IS NULL AND lease_until_ms <= :now"
        self.now_ms += 1
        self.database.timers.expire_leases(self.now_ms)
        assert self.database.rows(lasting, now=self.now_ms) == [(0,)]
        self._look()

    @rule()
    def deadlines_pass(self) -> None:
        due = "SELECT count(*) FROM cases WHERE due_at_ms <= :now AND state IN ('AWAITING_MERCHANT', 'DECIDED')"
        self.now_ms += 1
        self.database.timers.move_due(self.now_ms)
        assert self.database.rows(due, now=self.now_ms) == [(0,)]
        self._look()

    @rule(data=st.data(), by=people, like=st.none() | requests)
    def mark_as_harmless(self, data: st.DataObject, by: str, like: str | None) -> None:
        case_id = data.draw(st.sampled_from(self.cases))
        self._try(lambda: self.database.harmless.mark(case_id, "c1", self._act(by), like=like))

    @rule(data=st.data(), by=people)
    def unmark(self, data: st.DataObject, by: str) -> None:
        marks = [mark.mark_id for mark in self.database.harmless.marks()]
        if marks:
            mark_id = data.draw(st.sampled_from(marks))
            self._try(lambda: self.database.harmless.unmark(mark_id, self._act(by)))

    @rule(person=requests, by=people)
    def erase(self, person: str, by: str) -> None:
        records = SqlErasureRecords(self.database.engine)
        photos = [photo for claim in records.claims_of([person]) for photo in photos_of(claim, [])]
        finish(self.database.casework, records.begin(self._act(by)), plan(photos, Needs()), [], self._act(by))

    @invariant()
    def every_case_went_the_ways_that_are_drawn(self) -> None:
        check(self.database, self.placed)

    @invariant()
    def whoever_has_a_case_in_hand_has_it_alone(self) -> None:
        check_hands(self.database)

    def _act(self, by: str) -> AuditAct:
        self.now_ms += 1
        return AuditAct(by=by, note="as drawn", at_ms=self.now_ms)

    def _try(self, work: Callable[[], object]) -> bool:
        """Whether it was done; what is refused changes nothing, and no command ever asks for an illegal move."""
        before = self._rows()
        try:
            work()
        except IllegalMove:
            raise
        except OperatorError:
            assert self._rows() == before
            return False
        self._look()
        return True

    def _rows(self) -> object:
        return [self.database.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("cases", "audit", "outbox")]  # noqa: S608

    def _look(self) -> None:
        self.cases = [case_id for (case_id,) in self.database.rows("SELECT case_id FROM cases ORDER BY case_id")]


@pytest.mark.timeout(900)  # eighteen lives of twenty steps, each a transaction: minutes beside other work
def test_no_case_ever_goes_a_way_that_is_not_drawn(database: Database) -> None:
    class Here(Casework):
        def __init__(self) -> None:
            super().__init__(database)

    # not shrunk: each step is a transaction, and a shorter life takes minutes to find
    run_state_machine_as_test(
        Here, settings=settings(max_examples=18, stateful_step_count=20, deadline=None, phases=[Phase.generate])
    )


PLANTED = {
    "a state that no step leads to": "UPDATE cases SET state = 'READY'",
    "a step that is missing": "DELETE FROM audit WHERE action = 'ASSIGNED'",
    "a verdict on a case that is open": "UPDATE cases SET state = 'APPEALED'",
}


@pytest.mark.parametrize("fault", PLANTED.values(), ids=PLANTED)
def test_an_illegal_move_is_seen_from_outside(database: Database, fault: str) -> None:
    [decision] = database.decide(suspecting("rr-1"), some_evidence("rr-1"))
    database.confirm_forgery(str(decision.case_id), NOW_MS)
    check(database, {})

    database.change(fault)

    with pytest.raises(AssertionError):
        check(database, {})
