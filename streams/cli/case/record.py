"""A case as commands print it."""

from dataclasses import replace
from typing import Any

import msgspec

from streams.cases.case import Case, CaseFile
from streams.cases.reviewing.withholding import case_shown, trail_shown
from streams.cases.states import WAITS_FOR


def case_record(case: Case) -> dict[str, Any]:
    """Return the case with who owes its next step (``waits_for``); ``reasons`` are its ``reason_codes``."""
    return {**msgspec.to_builtins(case), "waits_for": WAITS_FOR[case.state], "reasons": list(case.reason_codes)}


def for_reviewers(found: CaseFile, *, senior: bool) -> CaseFile:
    """Return what may be shown of a case on a screen, where nobody knows whether whoever looks decides it next."""
    return replace(found, case=case_shown(found.case, senior=senior), audit=trail_shown(found))
