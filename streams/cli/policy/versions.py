"""``policy propose|activate|history|diff|rollback|hold``: which policy judges, and who changed it."""

from pathlib import Path
from typing import Annotated

import typer

from streams.cli.policy.files import (
    EffectiveFrom,
    FileOrHash,
    Force,
    PolicyFile,
    Reason,
    Who,
    by,
    policy_of,
    versions_of,
    warn_of,
)
from streams.cli.printing import DEFAULT_LIMIT, AsJson, Limit, plain, print_json, print_table
from streams.cli.times import time_of
from streams.errors import PolicyError
from streams.judgement.policy_file import read_file
from streams.judgement.ports import Activation
from streams.judgement.versions import Versions, difference
from streams.policy.effective import day_of
from streams.policy.question import StoredPolicy
from streams.policy.soundness import warnings
from streams.wording.dates import moment


def propose(file: PolicyFile, *, who: Who, as_json: AsJson = False) -> None:
    """Store a policy as a draft, by the hash of its content: another person activates it."""
    acting = by(who)
    stored = versions_of().propose(read_file(file)[0].text, acting)
    useless = warnings(stored.text, day_of(acting.at_ms))
    if as_json:
        told = {"name": stored.name, "sha256": stored.sha256, "proposed_by": acting.name}
        print_json(told | {"warnings": useless})
        return
    warn_of(f"{file}", useless)
    typer.echo(f"{plain(stored.name)} is proposed (sha256 {stored.sha256}). Next:")
    typer.echo(f"  refund-sentinel policy backtest --policy {stored.sha256[:12]} --since 30d")
    typer.echo(f"  refund-sentinel policy activate {stored.sha256[:12]} --by SOMEBODY_ELSE")


def activate(
    named: FileOrHash,
    *,
    who: Who,
    effective_from: EffectiveFrom = None,
    force: Force = False,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Let a policy judge every request that is decided from now on; what was decided stays.

    A draft, named by its hash, needs another person than the one who proposed it, and a backtest of the last 7 days.
    """
    acting, versions = by(who, reason), versions_of()
    from_ms = None if effective_from is None else time_of(effective_from, acting.at_ms, "--effective-from")
    policy = policy_of(named, versions)
    _warn(versions, policy, acting.at_ms, from_ms)
    if Path(named).is_file():
        versions.activate_file(policy.text, acting, from_ms)
    else:
        versions.activate_draft(policy.sha256, acting, from_ms, force=force)
    useless = warnings(policy.text, day_of(from_ms or acting.at_ms))
    later = {} if from_ms is None else {"effective_from_ms": from_ms}
    if as_json:
        told = {"name": policy.name, "sha256": policy.sha256, "activated_by": acting.name}
        print_json(told | {"warnings": useless} | later)
    else:
        warn_of(named, useless)
        when = "the next batch on" if from_ms is None else moment(from_ms)
        typer.echo(f"{plain(policy.name)} is active from {when} (sha256 {policy.sha256})")


def history(*, limit: Limit = DEFAULT_LIMIT, as_json: AsJson = False) -> None:
    """List who changed which policy judges, when and why; newest first."""
    found = versions_of().history(limit)
    if as_json:
        for one in found:
            print_json(_told(one))
        return
    rows = [
        (one.policy_sha256[:12], one.name, one.act, moment(one.at_ms), one.by, one.note, _from(one)) for one in found
    ]
    print_table(["policy", "name", "act", "at", "by", "reason", "effective from"], rows)


def diff(
    one: FileOrHash,
    other: Annotated[
        str | None,
        typer.Argument(metavar="FILE|HASH", help="The newer one; the active one is the older one without it."),
    ] = None,
) -> None:
    """Print what changes from one policy to another; with one given: from the active one to it."""
    versions = versions_of()
    now = by("reader").at_ms
    older = versions.active(now) if other is None else policy_of(one, versions)
    newer = policy_of(one if other is None else other, versions)
    typer.echo(plain(difference(older, newer)), nl=False)


def rollback(
    digits: Annotated[
        str | None,
        typer.Argument(
            metavar="HASH",
            help="The first 8 digits or more of a policy that was active; none: the held one, or the one before.",
        ),
    ] = None,
    *,
    who: Who,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Let a policy judge again that judged before; needs no second person and no backtest, and ends a hold."""
    acting = by(who, reason)
    _say(versions_of().rollback(digits, acting), "judges again from the next batch on", acting.name, as_json=as_json)


def hold(*, who: Who, reason: Reason = "", as_json: AsJson = False) -> None:
    """Send every request to review at once, until a policy is activated or rolled back to."""
    acting = by(who, reason)
    said = "is held: every request goes to review. To go on: refund-sentinel policy rollback or activate"
    _say(versions_of().hold(acting), said, acting.name, as_json=as_json)


def _say(policy: StoredPolicy, said: str, name: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"name": policy.name, "sha256": policy.sha256, "by": name})
    else:
        typer.echo(f"{plain(policy.name)} ({policy.sha256[:12]}) {said}")


def _warn(versions: Versions, policy: StoredPolicy, now_ms: int, from_ms: int | None) -> None:
    """Say on standard error where the published criteria change sooner than they are announced."""
    try:
        notice = versions.notice(policy.text, now_ms, from_ms)
    except PolicyError:
        return  # none is active yet: nothing was published
    if notice is not None:
        changed = [f"new: {', '.join(notice.added)}"] if notice.added else []
        changed += [f"gone: {', '.join(notice.gone)}"] if notice.gone else []
        typer.echo(
            f"refund-sentinel: the published criteria change ({'; '.join(changed)}): announce them {notice.days} days "
            "before they hold, and give --effective-from",
            err=True,
        )


def _told(one: Activation) -> dict[str, object]:
    told = {"sha256": one.policy_sha256, "name": one.name, "act": one.act, "at_ms": one.at_ms, "by": one.by}
    return told | {"reason": one.note, "effective_from_ms": one.effective_from_ms}


def _from(one: Activation) -> str:
    return "" if one.effective_from_ms is None else moment(one.effective_from_ms)
