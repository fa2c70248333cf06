"""The page of a case: why a person looks, where, and what they may do about it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup

from schemas.records import Reason
from schemas.units import NEAR_BITS
from streams.access.caller import Caller
from streams.access.roles import Role
from streams.cases.activity import WEEKS
from streams.cases.acts import Action, same_person
from streams.cases.asked import Wanted, in_words
from streams.cases.case import Case, CaseFile
from streams.cases.looks import Look
from streams.cases.quality.golden import GoldenCase
from streams.cases.reviewing.withholding import trail_shown
from streams.cases.states import ENDED, WAITS_FOR, CaseState
from streams.casework.photos.pictures import earlier_of
from streams.casework.reviewing.assignments import Assigned
from streams.clock import now_ms
from streams.console.api.views import JUDGES, KNOWS_BUYERS, WHO_WORKS, blind, own_file, shown, told_reason, viewer_of
from streams.console.endpoints import IDENTIFIER, Asking, CaseId, Uses, at
from streams.console.pages.case_view import RECORD_DAYS, CaseView
from streams.console.pages.charts import activity_charts
from streams.console.pages.preferences import DisplayPreferences, preferences_of
from streams.console.pages.view import page
from streams.console.routes import CLOSES, REVIEW, TRAIL
from streams.console.use_cases import UseCases
from streams.policy.kept import Kept
from streams.policy.reasons import without_others
from streams.wording.tables import texts

MAY_STATE = frozenset(CaseState) - ENDED
MAY_APPEAL = frozenset({CaseState.DECIDED})
DoneId = Annotated[str, Query(pattern=f"({IDENTIFIER})|^$")]

router = APIRouter()


@at(router, "GET /cases/{case_id}")
def case_page(
    request: Request, case_id: CaseId, uses: Uses, caller: Asking, *, kept: bool = False, done: DoneId = ""
) -> Response:
    """Return the page of one case; ``kept``: words typed before a new sign-in are in its form.

    ``done``: the case that the caller decided just before.
    """
    found = own_file(uses.files, case_id, caller)
    seen = uses.pictures.seen(found.case)
    in_hand, says = _in_hand(uses, found.case, caller), preferences_of(request)
    may = _may(found.case, caller, in_hand)
    view = CaseView(_as_seen_by(caller, found), _told(found, caller), seen, says, _golden_before(uses, seen, caller))
    return page(
        request,
        "case.html",
        case=shown(found.case, caller),
        claim=found.claim,
        buyer=_buyer(found, caller),
        score_hidden=score_hidden(uses, caller),
        related=[shown(one, caller) for one in found.related] if caller.sees_everything else [],
        advised=uses.recommendations.of(found, now_ms()) if caller.sees_everything else (),
        may_close=caller.has(CLOSES),
        withheld=_withheld(found, caller, says),
        view=view,
        templates=_templates(view, says),
        broken_at=found.audit_broken_at,
        names_shown=caller.has(WHO_WORKS),
        record_days=RECORD_DAYS,
        near_bits=NEAR_BITS,
        charts=_charts(uses, found.case, caller, says),
        weeks=WEEKS,
        in_hand=in_hand,
        takers=[] if in_hand is None else uses.assignments.takers(in_hand.case, caller.act("", now_ms())),
        asked_for=says.of(in_words(found.case.asked, "merchant")),
        draft=_draft(uses, in_hand, caller, case_id) if may["may_write"] else "",
        kept=kept,
        before="" if done == case_id else done,
        **may,
    )


def _golden_before(uses: UseCases, seen: Kept | None, caller: Caller) -> Mapping[str, GoldenCase | None]:
    """Return the golden cases among the claims whose photos the case's resemble, as the caller sees them."""
    earlier = [] if seen is None else earlier_of(seen.evidence)
    return uses.files.golden_among({one.request_id for one in earlier if one.request_id}, viewer_of(caller))


def _as_seen_by(caller: Caller, found: CaseFile) -> CaseFile:
    codes = tuple(code for code in found.case.reason_codes if told_reason(code, caller))
    case = msgspec.structs.replace(found.case, reason_codes=codes)
    return replace(found, case=case, audit=trail_shown(found) if blind(caller) else found.audit)


def _told(found: CaseFile, caller: Caller) -> list[Reason]:
    """Return the reasons of the decision as ``caller`` may read them: some, or none at all."""
    told = [one for one in found.decision.reasons if told_reason(one.code, caller)]
    if caller.sees_everything:
        return told
    return [msgspec.structs.replace(one, text=without_others(one.code, one.text)) for one in told]


def _withheld(found: CaseFile, caller: Caller, says: DisplayPreferences) -> str:
    """Return that there are reasons which ``caller`` is not told; empty where there are none."""
    told = [told_reason(code, caller) for code in found.case.reason_codes]
    if all(told):
        return ""
    return says.of(texts("statements/facts")["withheld" if any(told) else "all_withheld"])


def _charts(
    uses: UseCases, case: Case, caller: Caller, says: DisplayPreferences
) -> list[tuple[str, str, Markup | None]]:
    """Return what buyer and merchant did; none for whoever decides an appeal: it counts what the verdict led to."""
    appealed = case.look is Look.APPEAL and case.state not in ENDED
    if not caller.sees_everything or (appealed and blind(caller)):
        return []
    return activity_charts(uses.files.activity(case, now_ms()), says)


def _in_hand(uses: UseCases, case: Case, caller: Caller) -> Assigned | None:
    return uses.assignments.looked_at(case, caller.act("", now_ms())) if caller.has(REVIEW) else None


def _draft(uses: UseCases, in_hand: Assigned | None, caller: Caller, case_id: str) -> str:
    """Return what the caller has written on the case and not sent."""
    if in_hand is None:
        return uses.drafts.of(case_id, caller.name)
    return "" if in_hand.draft is None else in_hand.draft.text


def score_hidden(uses: UseCases, caller: Caller) -> bool:
    """Return whether to hide the machine's score at first, because it would lead a reviewer."""
    return uses.score_hidden and caller.has(REVIEW)


def _buyer(found: CaseFile, caller: Caller) -> str | None:
    """Return whose claim it is, where the caller may see that: whoever reviews has to have asked for it first."""
    asked = any(one.action == Action.BUYER_SHOWN and same_person(one.actor, caller.name) for one in found.audit)
    if asked or (caller.has(KNOWS_BUYERS) and not caller.has(REVIEW)):
        return found.case.buyer_id
    return None


def _may(case: Case, caller: Caller, in_hand: Assigned | None) -> dict[str, Any]:
    """Return what the page offers to whom; what they may do, the use cases say."""
    merchant = Role.MERCHANT in caller.roles
    waits = WAITS_FOR[case.state] in {"merchant", "buyer", "both"}
    free = case.state is not CaseState.ASSIGNED and Role.SENIOR in caller.roles
    forms = {
        "may_decide": caller.has(REVIEW) and case.state not in ENDED and (free or in_hand is not None),
        "may_state": merchant and case.state in MAY_STATE,
        "may_appeal": merchant and case.state in MAY_APPEAL,
    }
    return forms | {
        "judges": caller.has(JUDGES),
        "staff": caller.sees_everything,
        "may_write": any(forms.values()),
        "may_see_trail": caller.has(TRAIL | REVIEW),
        "waits": waits,
        "asks_merchant": WAITS_FOR[case.state] in {"merchant", "both"},
        "rules": texts("statements/rules"),
        "wanted": {kind.value: texts("asked/kinds")[kind] for kind in Wanted},
    }


def _templates(view: CaseView, says: DisplayPreferences) -> dict[str, dict[str, str]]:
    """Return a ready rule and rationale for each verdict; the table names them VERDICT__RULE.

    Both are empty where the case does not show what they say: nobody may sign that by one key.
    """
    shown = {
        "GRANT": bool(view.claims),
        "REFUSE": any(pair.seen for pair in view.pairs()),
        "FORGERY_CONFIRMED": any(pair.regions for pair in view.pairs()),
    }
    named = [(*name.split("__"), says.of(text)) for name, text in texts("pages/templates").items()]
    return {
        verdict: {"rule": rule, "text": text} if shown.get(verdict, True) else {"rule": "", "text": ""}
        for verdict, rule, text in named
    }
