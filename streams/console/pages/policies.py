"""Policies: which judges now, what each says, what it would change, and how another one comes to judge."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from fastapi import APIRouter, Request, Response

from streams.access.caller import Caller
from streams.access.roles import Role
from streams.cases.acts import AuditAct
from streams.clock import now_ms
from streams.console.endpoints import Asking, Uses, at
from streams.console.pages.forms import Form
from streams.console.pages.highlight import changes, pieces
from streams.console.pages.preferences import DisplayPreferences, preferences_of
from streams.console.pages.view import page
from streams.console.use_cases import UseCases
from streams.errors import Invalid, PolicyError
from streams.judgement.ports import Trial
from streams.judgement.report import report
from streams.judgement.versions import By, Notice, difference
from streams.policy.effective import day_of
from streams.policy.question import StoredPolicy
from streams.policy.soundness import warnings
from streams.policy.variables import VARIABLES
from streams.wording.labels import reading_words

SHOWN_AT_MOST = 50
POLICY_AT_MOST = 40_000

router = APIRouter()


@at(router, "GET /policies")
def policies_page(request: Request, uses: Uses, caller: Asking) -> Response:
    """Return the page of the policy that judges, and of its history."""
    return _page(request, uses, caller, None)


@at(router, "GET /policies/{sha256}")
def policy_page(request: Request, sha256: str, uses: Uses, caller: Asking) -> Response:
    """Return the page of one stored policy."""
    return _page(request, uses, caller, sha256)


@at(router, "POST /policies")
def propose(sent: Form, uses: Uses) -> Response:
    """Redirect to the stored draft, which somebody else may activate."""

    def work(act: AuditAct) -> str:
        text = sent.text("policy", most=POLICY_AT_MOST) + "\n"
        return f"/policies/{uses.policies.propose(text, _by(act)).sha256}?sent=policy"

    return sent.done(work, "policy", most=POLICY_AT_MOST)


@at(router, "POST /policies/{sha256}/activate")
def activate(request: Request, sha256: str, sent: Form, uses: Uses) -> Response:
    """Redirect to the draft that judges from now, or from the given time; somebody else has proposed it."""
    from_ms = _moment(sent.optional("from", most=20), preferences_of(request).zone)

    def work(act: AuditAct) -> str:
        force = bool(sent.optional("force"))
        return f"/policies/{uses.policies.activate_draft(sha256, _by(act), from_ms, force=force).sha256}"

    return sent.done(work, "text")


@at(router, "POST /policies/{sha256}/rollback")
def roll_back(sha256: str, sent: Form, uses: Uses) -> Response:
    """Redirect to a policy that judged before and judges again now."""
    return sent.done(lambda act: f"/policies/{uses.policies.rollback(sha256, _by(act)).sha256}", "text")


@at(router, "POST /policies/hold")
def hold(sent: Form, uses: Uses) -> Response:
    """Redirect to the held policy: everything goes to review until one is activated or rolled back to."""
    return sent.done(lambda act: f"/policies/{uses.policies.hold(_by(act)).sha256}", "text")


def _moment(text: str, zone: tzinfo) -> int | None:
    """Return a time as browsers send it, in Unix milliseconds; None where it is left out."""
    if not text:
        return None
    try:
        return int(datetime.strptime(text[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=zone).timestamp()) * 1_000
    except ValueError as exc:
        msg = "give a time as in 2026-03-31T09:30"
        raise Invalid(msg) from exc


def _by(act: AuditAct) -> By:
    return By(name=act.by, at_ms=act.at_ms, note=act.note)


def _page(request: Request, uses: UseCases, caller: Caller, sha256: str | None) -> Response:
    active, says = uses.policies.active(now_ms()), preferences_of(request)
    proposal = uses.policies.find(active.sha256 if sha256 is None else sha256)
    shown, judges = proposal.policy, proposal.policy.sha256 == active.sha256
    since_ms = uses.policies.since_ms(shown.sha256)
    return page(
        request,
        "policies.html",
        active=active,
        shown=shown,
        lines=[list(pieces(line)) for line in shown.text.splitlines()],
        proposal=proposal,
        changed=[] if judges else list(changes(difference(active, shown))),
        useless=[says.problem(one) for one in _useless(shown, max(now_ms(), since_ms or 0))],
        notice=None if judges else _notice(uses, shown),
        history=uses.policies.history(SHOWN_AT_MOST),
        drafts=uses.policies.drafts(),
        trials=[_told(trial, shown) for trial in uses.policies.trials(shown.sha256)],
        variables=list(_variables(shown.text, says)),
        was_active=since_ms is not None,
        may_propose=Role.POLICY_AUTHOR in caller.roles,
        may_activate=Role.POLICY_APPROVER in caller.roles,
    )


def _notice(uses: UseCases, shown: StoredPolicy) -> Notice | None:
    """Return what parties have to be told of before; None also where a text of an older version cannot be read."""
    try:
        return uses.policies.notice(shown.text, now_ms(), None)
    except PolicyError:
        return None


def _useless(shown: StoredPolicy, at_ms: int) -> list[str]:
    """Return what is of no use in a policy from then on; nothing where a text of an older version cannot be read."""
    try:
        return warnings(shown.text, day_of(at_ms))
    except PolicyError:
        return []


def _told(trial: Trial, shown: StoredPolicy) -> dict[str, Any]:
    """Return a trial's report, as the command line gives it."""
    return report(trial, shown.name)


def _variables(text: str, says: DisplayPreferences) -> Iterator[tuple[str, str, str, bool]]:
    """Yield each variable that rules may use: name, type, words, and whether this policy names it."""
    words = reading_words().variables
    for variable in VARIABLES.values():
        yield variable.name, variable.kind, says.of(words[variable.name]), variable.name in text
