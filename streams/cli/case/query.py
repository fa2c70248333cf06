"""The options by which ``case list`` chooses and orders cases."""

from typing import Annotated

import typer

from streams.cases.record.query import CaseOrder
from streams.cases.states import CaseState
from streams.cli.times import age_ms

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
