"""A case as commands print it as JSON."""

from typing import Any

import msgspec

from streams.cases.case import Case
from streams.cases.states import WAITS_FOR


def case_record(case: Case) -> dict[str, Any]:
    """Return the case with who owes its next step (``waits_for``); ``reasons`` are its ``reason_codes``."""
    return {**msgspec.to_builtins(case), "waits_for": WAITS_FOR[case.state], "reasons": list(case.reason_codes)}
