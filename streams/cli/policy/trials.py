"""``policy backtest|shadow``: what another policy would have done with the requests of the past."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Self

import msgspec
import typer

from streams.cli.policy.files import by, database, policy_of
from streams.cli.printing import AsJson, plain, print_json, print_table, progress
from streams.cli.times import time_of
from streams.clock import now_ms
from streams.errors import NotFound, OperatorError
from streams.judgement.ports import PolicyVersions, Trial
from streams.judgement.report import MINUTES_A_CASE, report
from streams.judgement.tally import read_tally
from streams.judgement.trying import Trying
from streams.judgement.trying import backtest as run_backtest
from streams.policy.question import StoredPolicy

Minutes = Annotated[float, typer.Option("--minutes", min=0, help="Minutes that a case takes a reviewer.")]
Capacity = Annotated[
    float | None, typer.Option("--capacity", min=0, help="Minutes that all reviewers together have in a day.")
]
AUTHOR = "backtest"


def backtest(  # noqa: PLR0913 - options of a command
    *,
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy",
            metavar="FILE|HASH",
            help="The policy to try: a file, or a stored one's hash; none: the active one.",
        ),
    ] = None,
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="Of requests from then on: 2026-11-01, 30d, 12h.")
    ] = "30d",
    out: Annotated[Path | None, typer.Option("--out", help="Write one line a request to this file.")] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Begin anew instead of going on.")] = False,
    minutes: Minutes = MINUTES_A_CASE,
    capacity: Capacity = None,
    as_json: AsJson = False,
) -> None:
    """Judge the requests of the past again, each exactly as it was then, and report what would change.

    Nothing that judges is written. One that was interrupted goes on where it was; records that cannot be judged are
    counted with why. Status 1 where none could be judged.
    """
    opened, started = database(), now_ms()
    since_ms = time_of(since, started, "--since")
    versions, trying = opened.versions(), opened.trying()
    tried = versions.active(started) if policy is None else policy_of(policy, versions)
    trial = _unfinished(trying, tried, since, since_ms) if not restart else None
    trial = trial or trying.begin("backtest", tried, since_ms, started, f"{AUTHOR} --since {since}")
    total = trying.kept.begin(trial.since_ms)[1]
    with progress("judging", max(1, total)) as on_done, _Lines(out, trial) as rows:
        done = run_backtest(trying, trial, tried, on_done, rows if out else None, now_ms())
    _print(done, tried, minutes, capacity, as_json=as_json)
    if not read_tally(done.tally).judged:
        typer.echo(f"refund-sentinel: nothing was tried: {_nothing_judged(trying, done, since)}", err=True)
        raise typer.Exit(1)


def shadow(
    named: Annotated[str | None, typer.Argument(metavar="FILE|HASH", help="A policy; none: list the shadows.")] = None,
    *,
    who: Annotated[str | None, typer.Option("--by", help="Who starts or stops it.")] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Stop it; its results stay.")] = False,
    minutes: Minutes = MINUTES_A_CASE,
    capacity: Capacity = None,
    as_json: AsJson = False,
) -> None:
    """Try a policy on every request as it comes in, without any effect: start with --by, stop, or report.

    Workers judge each request a minute after its decision, any number of shadows side by side.
    """
    opened = database()
    trying = opened.trying()
    if named is None and (stop or who is not None):
        msg = "say which policy: its file, or its hash, which `policy shadow` lists"
        raise typer.BadParameter(msg)
    if named is None:
        _list(trying.trials.running("shadow"), opened.policies, as_json=as_json)
        return
    policy = policy_of(named, opened.versions())
    trial = trying.trials.latest("shadow", policy.sha256)
    if stop or who is None:
        if trial is None:
            msg = f"{policy.sha256[:12]} is no shadow: start it with --by NAME"
            raise NotFound(msg)
        if stop and who is None:
            msg = "say with --by who stops it"
            raise typer.BadParameter(msg)
        if stop and trial.ended_at_ms is None:
            trial = trying.stop(trial, by(who or "").at_ms)
        if stop and not as_json:
            typer.echo(f"{plain(policy.name)} ({policy.sha256[:12]}) is no shadow any more. What it found:")
        _print(trial, policy, minutes, capacity, as_json=as_json)
        return
    if trial is None or trial.ended_at_ms is not None:
        acting = by(who)
        trial = trying.begin("shadow", policy, acting.at_ms, acting.at_ms, acting.name)
    if as_json:
        print_json({"name": policy.name, "sha256": policy.sha256, "shadow_since_ms": trial.begun_at_ms})
    else:
        typer.echo(f"{plain(policy.name)} is a shadow. Its report: refund-sentinel policy shadow {policy.sha256[:12]}")


def _unfinished(trying: Trying, policy: StoredPolicy, since: str, since_ms: int) -> Trial | None:
    """Return the backtest of this policy that was asked for in the same words and did not come to its end."""
    trial = trying.trials.latest("backtest", policy.sha256)
    if trial is None or trial.ended_at_ms is not None:
        return None
    same = trial.begun_by == f"{AUTHOR} --since {since}" or trial.since_ms == since_ms
    return trial if same else None


def _nothing_judged(trying: Trying, trial: Trial, since: str) -> str:
    """Return why a backtest judged nothing."""
    if count := sum(read_tally(trial.tally).not_judged.values()):
        return f"none of {count:,} requests could be judged, for what stands in the report"
    if trying.kept.begin(0)[1]:
        return f"no request was decided since {plain(since)}. Give an earlier --since"
    return "no request is kept here yet, and a policy is activated without a backtest"


class _Lines:
    """Writes rows to a file, from where an interrupted run had come on.

    Raises :class:`OperatorError` where the file has not what that run wrote.
    """

    def __init__(self, file: Path | None, trial: Trial) -> None:
        tally = read_tally(trial.tally)
        self._file = file
        self._place = tally.bytes_out
        self._begun = bool(tally.judged or tally.not_judged)
        self._open: BinaryIO | None = None

    def __enter__(self) -> Self:
        if self._file is None:
            return self
        if self._file.exists() and not self._file.is_file():
            msg = f"{self._file} is no file: lines are written to one, so that a backtest can go on"
            raise OperatorError(msg)
        if self._begun and (not self._place or not self._file.exists() or self._file.stat().st_size < self._place):
            msg = f"this backtest was begun before, and {self._file} has not its lines: begin anew with --restart"
            raise OperatorError(msg)
        self._open = self._file.open("r+b" if self._place else "wb")
        self._open.truncate(self._place)
        self._open.seek(self._place)
        return self

    def __exit__(self, *_: object) -> None:
        if self._open is not None:
            self._open.close()

    def write(self, row: Mapping[str, object]) -> int:
        """Write a line, and return how many bytes it has."""
        return 0 if self._open is None else self._open.write(msgspec.json.encode(row) + b"\n")


def _print(trial: Trial, policy: StoredPolicy, minutes: float, capacity: float | None, *, as_json: bool) -> None:
    if trial.kind == "shadow" and not read_tally(trial.tally).judged:
        typer.echo("refund-sentinel: it judged nothing yet: workers judge each request a minute later", err=True)
    told = report(trial, policy.name, minutes=minutes, capacity=capacity)
    if as_json:
        print_json(told)
        return
    rows = [
        ("records", told["records"]),
        ("judged", told["judged"]),
        *((f"not judged: {why}", count) for why, count in told["not_judged"].items()),
        ("same bytes as they were sent", told["reproduced"]) if told["reproduced"] else ("", ""),
        ("other bytes than were sent", told["not_reproduced"]) if told["not_reproduced"] else ("", ""),
        ("to review before", told["review_before"]),
        ("to review with it", told["review_after"]),
        ("CLEAR to REVIEW", told["to_review"]),
        ("REVIEW to CLEAR", told["to_clear"]),
        ("review minutes a day before", told["review_minutes_a_day"]["before"]),
        ("review minutes a day with it", told["review_minutes_a_day"]["after"]),
        *((f"money held, {currency} (smallest unit)", sum_) for currency, sum_ in told["money_held_minor"].items()),
        *((f"money released, {currency}", sum_) for currency, sum_ in told["money_released_minor"].items()),
        ("precision", _told(told["precision"])),
        ("recall", _told(told["recall"])),
    ]
    print_table([plain(policy.name), policy.sha256[:12]], [row for row in rows if row[0]])
    print_table(["rule", "fired", "alone"], [(rule, one["fired"], one["alone"]) for rule, one in told["rules"].items()])
    changed = [
        (
            one["request_id"],
            one["before"],
            one["after"],
            " ".join(one["before_reasons"]),
            " ".join(one["after_reasons"]),
        )
        for one in told["examples"]
    ]
    if changed:
        print_table(["request", "before", "with it", "reasons before", "reasons with it"], changed)


def _told(share: Mapping[str, Any]) -> str:
    if share["value"] is None:
        return "not known: people decided too few"
    low, high = share["interval_95"]
    return f"{share['value']:.1%} ({low:.1%} to {high:.1%})"


def _list(trials: Any, store: PolicyVersions, *, as_json: bool) -> None:
    rows = []
    for trial in trials:
        tally = read_tally(trial.tally)
        [found] = store.found(trial.policy_sha256)
        failed = sum(tally.not_judged.values())
        row = {"sha256": trial.policy_sha256, "name": found.policy.name, "since_ms": trial.since_ms}
        row |= {"judged": tally.judged, "failed": failed, "to_review": tally.to_review, "to_clear": tally.to_clear}
        rows.append(row)
    if as_json:
        for row in rows:
            print_json(row)
        return
    print_table(
        ["policy", "name", "judged", "failed", "CLEAR to REVIEW", "REVIEW to CLEAR"],
        [
            (str(r["sha256"])[:12], *(r[name] for name in ("name", "judged", "failed", "to_review", "to_clear")))
            for r in rows
        ],
    )
