"""The values of a case beside a policy: those of an ordinary request, but for what the case names."""

import math
from collections.abc import Mapping
from typing import Any

from streams.policy.closed_values import closed_values, no_currency
from streams.policy.document import PolicyDocument
from streams.policy.odd_texts import no_value
from streams.policy.ranges import ranges
from streams.policy.refusals import meant, near
from streams.policy.variable import CelType, Got, Variable
from streams.policy.variables import VARIABLES
from streams.wording import causes

UNMEASURED = "unmeasured"
"""What a case writes in place of a value that could not be measured."""
_INT64 = 2**63
_ORDINARY: Mapping[str, Got] = {
    "request.kind": "refund_only",
    "request.currency": "CNY",
    "request.category": "ceramics",
    "request.reason_code": "DAMAGED",
    "request.amount_minor": 1_000,
    "request.loss_minor": 1_000,
    "request.claim_photos": 1,
    "request.older_references": 1,
    "request.orders_30d": 20,
    "photo.media_id": "c1",
    "photo.capture_source": "album",
    "photo.camera_named": True,
    "photo.width_px": 1_200,
    "photo.height_px": 900,
    "photo.format": "JPEG",
    "photo.feature_count": 400,
    "photo.sharpness": 400.0,
    "comparison.compared_with": "r1",
    "comparison.origin": "listing",
    "comparison.hash_distance_bits": 120,
    "comparison.copied_measured": True,
    "sighting.source": "claim",
    "sighting.same_merchant": True,
    "sighting.same_product": True,
    "sighting.distance_bits": 120,
}
_WITHOUT_ANY = (causes.NO_EARLIER_CLAIM, causes.NO_OBJECTION)
"""Why an ordinary request lacks some values."""
_EMPTY: Mapping[CelType, Got] = {"bool": False, "int": 0, "double": 0.0, "string": ""}


def ordinary_values(given: Mapping[str, Any]) -> dict[str, Got]:
    """Return the values of all variables but those that the policy gives; unmeasured ones as they are written."""
    values = {
        name: _ORDINARY.get(name, None if one.absent in _WITHOUT_ANY else _EMPTY.get(one.kind))
        for name, one in VARIABLES.items()
        if one.is_reading
    }
    values |= {
        name: (float(v) if VARIABLES[name].kind == "double" and v != UNMEASURED else v) for name, v in given.items()
    }
    if "request.loss_minor" not in given:
        values["request.loss_minor"] = whole_number(values["request.amount_minor"]) + whole_number(
            values["request.freight_minor"]
        )
    return values


def with_limits(document: PolicyDocument, values: dict[str, Got], given: Mapping[str, Any]) -> dict[str, Got]:
    """Return the values that were measured, with those that the policy gives."""
    limits = document.amount_limits.get(str(values["request.currency"]))
    own: dict[str, Got] = {
        "limits.currency_listed": limits is not None,
        "limits.category_excluded": values["request.category"] in document.excluded_categories,
        "unmeasured": sorted({VARIABLES[name].reading for name, value in given.items() if value == UNMEASURED}),
    }
    if limits is None:
        values.pop("limits.single_limit_minor", None)
        values.pop("limits.sum_limit_30d_minor", None)
    else:
        own |= {"limits.single_limit_minor": limits.single_minor, "limits.sum_limit_30d_minor": limits.sum_30d_minor}
    values |= {name: value for name, value in own.items() if name not in given}
    return {name: value for name, value in values.items() if value is not None and value != UNMEASURED}


def whole_number(value: Got) -> int:
    """Return a whole number, 0 for what is none."""
    return value if isinstance(value, int) else 0


def wrong_value(name: str, value: object) -> str:
    """Return why a case cannot give this value; empty where it can."""
    variable = VARIABLES.get(name)
    if variable is None:
        return f"unknown variable {name!r}{near(name, VARIABLES)}; `policy variables` lists them"
    if not variable.is_reading:
        return f"{name} is the policy's own: a case does not give it"
    if variable.kind.startswith("list"):
        return f"{name} follows from what is written as {UNMEASURED}: a case does not give it"
    if value == UNMEASURED:
        return ""
    if not _fits(variable, value):
        return (
            f"{name} is {variable.kind}: {value!r} is none, and what could not be measured is written as {UNMEASURED}"
        )
    return _text(name, value) if isinstance(value, str) else _number(name, value)


def _text(name: str, value: str) -> str:
    known = closed_values().get(name)
    if known is not None and value not in known:
        return f"{name} is never {value!r}{meant(value, known)}"
    return no_currency(name, value) or next(no_value(name, value), "")


def _number(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if isinstance(value, int) and abs(value) >= _INT64:
        return f"{name} is never {value}: whole numbers have at most 64 bits"
    least, most = ranges().get(name, (-math.inf, math.inf))
    if least <= value <= most:
        return ""
    return f"{name} is never {value}: it is {least:g} {f'to {most:g}' if math.isfinite(most) else 'or more'}"


def _fits(variable: Variable, value: object) -> bool:
    if isinstance(value, bool):
        return variable.kind == "bool"
    if isinstance(value, int):
        return variable.kind in {"int", "double"}
    if isinstance(value, float):
        return variable.kind == "double"
    return variable.kind == "string" and isinstance(value, str)
