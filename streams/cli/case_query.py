"""The options by which ``case list`` chooses and orders cases."""

import re
from typing import Annotated

import typer

from schemas.units import DAY_MS, HOUR_MS, MINUTE_MS
from streams.cases.query import CaseOrder
from streams.cases.states import CaseState

_UNITS_MS = {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}
_AGE = re.compile(r"(\d{1,6})([mhd])")


def age_ms(text: str) -> int:
    """Return an age as milliseconds: ``90m``, ``48h`` or ``7d``; raises ``typer.BadParameter`` for anything else."""
    found = _AGE.fullmatch(text.strip().lower())
    if found is None:
        msg = "give a number of minutes, hours or days: 90m, 48h or 7d"
        raise typer.BadParameter(msg)
    return int(found[1]) * _UNITS_MS[found[2]]


State = Annotated[CaseState | None, typer.Option(case_sensitive=False, help="Only cases in this state.")]
Request = Annotated[str | None, typer.Option(help="Only cases of this request.")]
Buyer = Annotated[str | None, typer.Option(help="Only cases of this buyer.")]
Merchant = Annotated[str | None, typer.Option(help="Only cases of this merchant.")]
Order = Annotated[str | None, typer.Option(help="Only cases of this order.")]
Reason = Annotated[str | None, typer.Option(help="Only cases with this reason, by its code: USED_BEFORE.")]
OlderThan = Annotated[
    int | None, typer.Option(parser=age_ms, metavar="AGE", help="Only cases that were opened before: 90m, 48h, 7d.")
]
NewerThan = Annotated[
    int | None, typer.Option(parser=age_ms, metavar="AGE", help="Only cases that were opened since: 90m, 48h, 7d.")
]
Sort = Annotated[
    CaseOrder,
    typer.Option(
        case_sensitive=False, help="newest first; age: oldest first; score: highest first; due: soonest first."
    ),
]
Unmasked = Annotated[
    bool,
    typer.Option(
        "--unmasked",
        help="Also what nobody must know who decides next: who looked before, what an appealed verdict led to.",
    ),
]
