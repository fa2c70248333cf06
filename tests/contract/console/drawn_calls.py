"""Calls drawn from the API's own description, half of them wrong on purpose: none may fail, or break it."""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import ignored_auth, negative_data_rejection, positive_data_acceptance
from sqlalchemy import Engine

from streams.clock import now_ms
from tests.contract.console.door import Door, client_of
from tests.contract.judging import some_evidence, suspecting
from tests.contract.sql import Database

SCOPES = ("platform", "reviewer", "senior", "auditor", "admin", "operator", "policy-author", "policy-approver")
CASES = 5

NOT_ASKED = [ignored_auth, negative_data_rejection, positive_data_acceptance]
"""Roles have tests of their own; whether an act is refused depends on more than its shape."""


@dataclass(frozen=True)
class Asked:
    """A console on a database, with cases that are there, and what it answered."""

    door: Door
    cases: list[str]
    session: Any
    statuses: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @classmethod
    def on(cls, engine: Engine) -> "Asked":
        """Return the console on this database, with some cases opened now."""
        door, database = Door(engine), Database(engine)
        opened = [
            database.decide(suspecting(f"rr-{n}"), some_evidence(f"rr-{n}", order_id=f"o-{n}"), now_ms=now_ms())
            for n in range(CASES)
        ]
        return cls(door, [str(decision.case_id) for [decision] in opened], client_of(door.app))

    def call(self, case: Any, number: int) -> None:
        """Make one drawn call and note what is wrong with the answer: a call cannot be made a second time."""
        if number % 2:  # else what is drawn is never there
            there = {"case_id": self.cases[number % CASES], "request_id": f"rr-{number % CASES}"}
            case.path_parameters = {name: there.get(name, v) for name, v in (case.path_parameters or {}).items()}
        unique = {"Idempotency-Key": f"{case.operation.label}-{number}".replace(" ", "")[-128:]}
        headers = {"Authorization": f"Bearer {self.door.key(*SCOPES)}"} | (unique if number % 3 else {})
        try:
            answer = case.call(headers=headers, app=self.door.app, session=self.session)
            self.statuses.append(int(answer.status_code))
            case.validate_response(answer, excluded_checks=NOT_ASKED)
        except (AssertionError, BaseExceptionGroup) as exc:
            self.faults.append(f"{case.operation.label}: {''.join(traceback.format_exception(exc))}")


def drawn_calls(engines: Sequence[Engine], each: int, number: int = 1) -> list[Asked]:
    """Return what a console on each database answered to ``each`` calls of every operation, seeded by ``number``.

    Each call is drawn once, which costs four times as much as to answer it, and made at all of them.
    """
    asked = [Asked.on(engine) for engine in engines]
    numbers = count()

    def call(case: Any) -> None:
        number = next(numbers)
        for one in asked:
            one.call(case, number)

    for operation in schemathesis.openapi.from_asgi("/api/v1/openapi.json", asked[0].door.app).get_all_operations():
        # a description that cannot be read raises here
        _drawn(operation.ok(), each, number, call)  # type: ignore[union-attr]
    return asked


def _drawn(operation: Any, each: int, number: int, call: Callable[[Any], None]) -> None:
    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
    quiet = settings(
        max_examples=each,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    seed(number)(quiet(given(case=modes[0] | modes[1])(call)))()
