"""Whatever reviewers and parties do in whatever order, a case is in one reviewer's hands at most."""

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.tables import metadata
from streams.cases.acts import AuditAct
from streams.errors import OperatorError
from tests.builders import AT_MS
from tests.contract.case_trails import check, check_hands
from tests.contract.judging import NOW_MS, a_policy, some_evidence, suspecting
from tests.contract.sql import Database

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = [f"rr-{n}" for n in range(6)]
VERBS = (
    ["next"] * 6
    + ["verdict", "skip", "hold", "hand over", "heartbeat"] * 2
    + ["draft", "appeal", "withdraw", "forgery", "expire", "wait", "deadlines", "a thief's heartbeat"]
)
WAITS_MS = (60_000, 900_000, 24 * 3_600_000, 8 * 24 * 3_600_000)
steps = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 2), st.integers(0, 5)), min_size=30, max_size=40)


class Office:
    """Three reviewers and six cases that wait for them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now_ms = NOW_MS
        with database.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        PolicyStore(database.engine).seed(a_policy(), AT_MS)
        evidence = [
            some_evidence(name, buyer_id=f"b-{name}", like=("rr-0",) if name > "rr-3" else ()) for name in NAMES
        ]
        database.decide(suspecting(*NAMES), *evidence)
        for name in NAMES:
            database.hearings.state(name, self.act("m-1"), "merchant")

    def act(self, by: str) -> AuditAct:
        self.now_ms += 1
        return AuditAct(by=by, note="as drawn", at_ms=self.now_ms)

    def do(self, verb: str, number: int, which: int) -> None:
        by, hands = f"reviewer-{number}", self.database.assignments
        own = [each.assignment_id for each in hands.in_hand(by)] or ["a-none"]
        others = [each.assignment_id for each in hands.in_hand(f"reviewer-{(number + 1) % 3}")] or ["a-none"]
        mine, theirs, act, name = own[which % len(own)], others[0], self.act(by), NAMES[which]
        held = [case_id for (case_id,) in self.database.rows("SELECT case_id FROM cases WHERE assignee = :by", by=by)]
        case = [*held, name][0]
        work: dict[str, Callable[[], object]] = {
            "next": lambda: hands.next(act),
            "verdict": lambda: self.database.verdicts.decide(case, act, "GRANT", "R-1"),
            "forgery": lambda: self.database.forgeries.confirm(case, act),
            "skip": lambda: hands.skip(mine, act, conflict=which == 0),
            "hold": lambda: hands.hold(mine, act),
            "hand over": lambda: hands.hand_over(mine, act, f"reviewer-{(number + 1) % 3}"),
            "heartbeat": lambda: hands.heartbeat(mine, act),
            "a thief's heartbeat": lambda: hands.heartbeat(theirs, act),
            "draft": lambda: hands.draft(mine, act, "so far"),
            "appeal": lambda: self.database.hearings.appeal(name, act, "merchant"),
            "withdraw": lambda: self.database.hearings.withdraw(name, act),
            "expire": lambda: self.database.timers.expire_leases(self.now_ms),
            "deadlines": lambda: self.database.timers.move_due(self.now_ms),
            "wait": lambda: setattr(self, "now_ms", self.now_ms + WAITS_MS[which % len(WAITS_MS)]),
        }
        try:
            work[verb]()
        except OperatorError:
            return
        assert verb != "a thief's heartbeat"


def test_a_case_is_in_one_reviewers_hands_whatever_happens(database: Database) -> None:
    @settings(
        max_examples=8,
        derandomize=True,  # what is asserted about the ways that were seen holds every time
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(steps)
    def lived(drawn: list[tuple[str, int, int]]) -> None:
        office = Office(database)
        for verb, number, which in drawn:
            office.do(verb, number, which)
            check_hands(database)
        check(database, {})
        seen.update(outcome for (outcome,) in database.rows("SELECT outcome FROM assignments"))

    seen: set[str | None] = set()
    lived()

    ways = {"GRANTED", "FORGERY_CONFIRMED", "SKIPPED", "HANDED_OVER", "LEASE_EXPIRED", "WITHDRAWN", None}
    assert len(seen & ways) >= 5, seen
