"""``policy overview``: what each rule did of late, and whom the policy sends to review."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from schemas.units import DAY_MS
from streams.cli.policy.files import database
from streams.cli.printing import AsJson, plain, print_json, print_table, progress
from streams.clock import now_ms
from streams.wording.dates import moment

PAIRS, GROUPS = 10, 5
"""Lines of a table for people; ``--json`` has more."""


def overview(
    *,
    days: Annotated[int, typer.Option("--days", min=1, max=365, help="Days that are compared with those before.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Show what each rule did in the last days and as many before, where rules overlap, and who is sent to review.

    Requests are judged again from what the judge saw, by the policy that judged them; nothing is written.
    """
    opened, now = database(), now_ms()
    with progress("judging", max(1, opened.kept.begin(now - 2 * days * DAY_MS)[1])) as on_done:
        told = opened.overview().over(days, now, on_done)
    if as_json:
        print_json(told)
    else:
        _print(told)


def _print(told: Mapping[str, Any]) -> None:
    typer.echo(f"{told['judged']:,} requests in {told['days']} days, {told['judged_before']:,} in as many before")
    for why, count in told["not_judged"].items():
        typer.echo(f"not counted: {count:,} ({plain(why)})")
    heads = ["rule", "fired", "alone", "of requests", "before", "drift, p", "precision", "newest"]
    print_table(heads, [_rule(name, one) for name, one in told["rules"].items()])
    if told["silent"]:
        typer.echo(f"silent for {told['days']} days: {', '.join(told['silent'])}")
    pairs = [(" + ".join(one["rules"]), one["both"], *map(_percent, one["of_each"])) for one in told["overlap"][:PAIRS]]
    if pairs:
        print_table(["fired together", "times", "of the first", "of the second"], pairs)
    for kind, groups in told["flagged_by"].items():
        test = told["differences"][kind]
        by_chance = "too few to compare" if test is None else f"differences by chance: p = {test['p']}"
        rows = [_group(name, one) for name, one in list(groups.items())[:GROUPS]]
        print_table([f"{kind} ({by_chance})", "requests", "to review"], rows)
    rows = [
        (plain(name), one["cleared"], one["drawn"], one["expected"], _share(one["missed"]))
        for name, one in told["audit"].items()
    ]
    if rows:
        print_table(["random audit by category", "cleared by rules", "drawn", "expected", "of these forged"], rows)


def _rule(name: str, one: Mapping[str, Any]) -> tuple[object, ...]:
    newest, drift = one["newest_at_ms"], one["drift"]
    return (
        name if one["active"] else f"{name} (not in the active policy)",
        one["fired"],
        one["alone"],
        _percent(one["hit_rate"]["value"]),
        _percent(one["hit_rate_before"]["value"]),
        "" if drift is None else drift["p"],
        _share(one["precision"]),
        "" if newest is None else moment(newest),
    )


def _group(name: str, one: Mapping[str, Any]) -> tuple[object, ...]:
    low, high = one["interval_95"]
    return plain(name), one["judged"], f"{one['review_after'] / one['judged']:.1%} ({low:.1%} to {high:.1%})"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _share(share: Mapping[str, Any]) -> str:
    if share["value"] is None:
        return ""
    low, high = share["interval_95"]
    return f"{share['value']:.1%} ({low:.1%} to {high:.1%}) of {share['of']}"
