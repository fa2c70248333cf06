"""Calls drawn from the API's own description, half of them wrong on purpose: none may fail, or break it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import ignored_auth, negative_data_rejection, positive_data_acceptance
from sqlalchemy import Engine

from streams.clock import now_ms
from tests.contract.console.door import Door
from tests.contract.judging import some_evidence, suspecting
from tests.contract.sql import Database

SCOPES = ("platform", "reviewer", "senior", "auditor", "admin", "operator", "policy-author", "policy-approver")
CASES = 5

NOT_ASKED = [ignored_auth, negative_data_rejection, positive_data_acceptance]
"""Roles have tests of their own; whether an act is refused depends on more than its shape."""


@dataclass
class DrawnCalls:
    """Draws calls against one console, with a key for everything, about cases that are there."""

    engine: Engine
    statuses: list[int] = field(default_factory=list)

    def run(self, each: int, number: int = 1) -> list[str]:
        """Return what went wrong in ``each`` calls of every operation, one text a fault; ``number`` seeds them."""
        cases = self._open_cases()
        door = Door(self.engine)
        described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", door.app)
        headers = {"Authorization": f"Bearer {door.key(*SCOPES)}"}
        found = list[str]()
        for operation in described.get_all_operations():
            one: Any = operation.ok()  # type: ignore[union-attr]  # a description that cannot be read raises here
            try:
                self._drawn(one, each, number, self._called(headers, cases))
            except (AssertionError, BaseExceptionGroup) as exc:
                found.append(f"{one.label}: {exc}")
        return found

    def _open_cases(self) -> list[str]:
        database = Database(self.engine)
        opened = [
            database.decide(suspecting(f"rr-{n}"), some_evidence(f"rr-{n}", order_id=f"o-{n}"), now_ms=now_ms())
            for n in range(CASES)
        ]
        return [str(decision.case_id) for [decision] in opened]

    def _called(self, headers: dict[str, str], cases: list[str]) -> Callable[[Any], None]:
        numbers = count()

        def call(case: Any) -> None:
            number = next(numbers)
            if number % 2:  # else what is drawn is never there
                there = {"case_id": cases[number % CASES], "request_id": f"rr-{number % CASES}"}
                case.path_parameters = {name: there.get(name, v) for name, v in (case.path_parameters or {}).items()}
            unique = {"Idempotency-Key": f"{case.operation.label}-{number}".replace(" ", "")[-128:]}
            answer = case.call(headers=headers | (unique if number % 3 else {}))
            self.statuses.append(int(answer.status_code))
            case.validate_response(answer, excluded_checks=NOT_ASKED)

        return call

    def _drawn(self, operation: Any, each: int, number: int, call: Callable[[Any], None]) -> None:
        modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
        quiet = settings(
            max_examples=each,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        seed(number)(quiet(given(case=modes[0] | modes[1])(call)))()
