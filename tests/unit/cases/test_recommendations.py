from dataclasses import replace
from typing import Any

import msgspec
import pytest

from schemas.records import PolicyIdentity, Reason, ReasonText, RefundDecided
from streams.cases.acts import AuditAct
from streams.cases.audit import AuditEntry, entry_after
from streams.cases.case import Case
from streams.cases.legal_tiers import ForgedSums, packaged
from streams.cases.reviewing.recommendations import (
    Closing,
    LegalFinding,
    Outcome,
    Recommendation,
    close,
    recommendations,
)
from streams.cases.states import CaseState
from streams.errors import NotFound
from streams.wording.tables import Wording
from tests.builders import AT_MS
from tests.unit.cases.cases import DIGEST, LIN, a_case

CRITERIA = {"CONFIRMED_FORGER": Wording(zh="曾伪造", en="forged before")}
FORGED = {"state": CaseState.DECIDED, "verdict": "FORGERY_CONFIRMED", "decided_at_ms": AT_MS}


def a_decision(*codes: str, recommended: tuple[str, ...] = ("RESTRICT_PURCHASES",)) -> RefundDecided:
    text = ReasonText(zh="理由", en="a reason")
    return RefundDecided(
        request_id="rr-1",
        request_digest=DIGEST,
        decision_id="d-1",
        verdict="REVIEW",
        score=90,
        reasons=[Reason(code=code, text=text) for code in codes or ("CONFIRMED_FORGER",)],
        policy=PolicyIdentity(name="default", sha256="0" * 64),
        decided_at_ms=AT_MS,
        case_id="c-1",
        recommended=list(recommended),
    )


def law(paid: int = 0, tried: int = 0, currency: str = "CNY") -> LegalFinding:
    sums = ForgedSums(completed={currency: paid}, attempted={currency: tried})
    return LegalFinding(sums=sums, reached=packaged().reached(sums, AT_MS))


def listed(case: Case, **given: Any) -> dict[str, Recommendation]:
    decision = given.pop("decision", a_decision())
    trail = given.pop("trail", ())
    found = recommendations(case, decision, trail, CRITERIA, **given)
    return {one.code: one for one in found}


def closed_by(
    act: AuditAct, outcome: Outcome, *before: AuditEntry, code: str = "RESTRICT_PURCHASES"
) -> list[AuditEntry]:
    done = close(a_case(), code, outcome, act, listed(a_case(), trail=before).values())
    assert done is not None
    [content] = done.entries
    assert (done.after, done.events) == (a_case(), ())
    return [*before, entry_after(before[-1] if before else None, "c-1", content, b"s" * 16)]


def test_what_the_policy_recommends_rests_on_the_reasons_of_the_decision() -> None:
    [one] = listed(a_case()).values()

    assert one == Recommendation(code="RESTRICT_PURCHASES", grounds=(CRITERIA["CONFIRMED_FORGER"],))


def test_a_person_closes_one_as_done_or_declined_and_the_last_word_stands() -> None:
    declined = closed_by(LIN, "declined")
    later = AuditAct(by="chen.yu", note="limited to 3 a month", at_ms=LIN.at_ms + 1)
    done = closed_by(later, "done", *declined)

    assert listed(a_case(), trail=declined)["RESTRICT_PURCHASES"].closed == Closing(
        outcome="declined", by="lin.wei", at_ms=LIN.at_ms, note=LIN.note
    )
    assert listed(a_case(), trail=done)["RESTRICT_PURCHASES"].closed == Closing(
        outcome="done", by="chen.yu", at_ms=later.at_ms, note=later.note
    )


def test_the_same_act_again_changes_nothing() -> None:
    trail = closed_by(LIN, "done")
    again = msgspec.structs.replace(LIN, at_ms=LIN.at_ms + 60_000)

    assert close(a_case(), "RESTRICT_PURCHASES", "done", again, listed(a_case(), trail=trail).values()) is None


def test_what_is_not_recommended_cannot_be_closed() -> None:
    with pytest.raises(NotFound, match=r"REPORT_TO_POLICE is not recommended on case c-1; .* RESTRICT_PURCHASES"):
        close(a_case(), "REPORT_TO_POLICE", "done", LIN, listed(a_case()).values())


def test_a_closing_that_was_erased_is_not_known_any_more() -> None:
    [entry] = closed_by(LIN, "done")
    erased = replace(entry, salt=None, payload=None)

    assert listed(a_case(), trail=[erased])["RESTRICT_PURCHASES"].closed is None


@pytest.mark.parametrize(
    ("sums", "codes"),
    [
        (law(paid=19_500), {"RESTRICT_PURCHASES"}),
        (law(paid=299_999, tried=299_999), {"RESTRICT_PURCHASES"}),
        (law(paid=300_000), {"RESTRICT_PURCHASES", "CLOSE_ACCOUNT", "REPORT_TO_POLICE"}),
        (law(tried=2_999_999), {"RESTRICT_PURCHASES"}),
        (law(tried=3_000_000), {"RESTRICT_PURCHASES", "CLOSE_ACCOUNT", "REPORT_TO_POLICE"}),
    ],
    ids=["below", "never added", "large, paid", "tried, not huge", "tried, huge"],
)
def test_a_confirmed_forgery_recommends_what_the_law_says_of_the_sums(sums: LegalFinding, codes: set[str]) -> None:
    assert listed(a_case(**FORGED), decision=a_decision(recommended=()), law=sums).keys() == codes


def test_the_grounds_name_the_sums_and_the_source_of_the_law() -> None:
    found = listed(a_case(**FORGED), law=law(paid=400_000, tried=100))

    [ground] = found["REPORT_TO_POLICE"].grounds
    row = law(paid=400_000).reached.row
    assert row is not None
    for said, sanction in ((ground.zh, row.sanction.zh), (ground.en, row.sanction.en)):
        assert "4,000.00 CNY" in said
        assert "1.00 CNY" in said
        assert row.source in said
        assert sanction in said
    assert "province" in ground.en


def test_a_label_of_an_ai_provider_is_a_ground_to_tell_that_provider_once_the_forgery_is_confirmed() -> None:
    labelled = a_decision("AI_LABEL", recommended=())

    assert "REPORT_TO_AI_PROVIDER" in listed(a_case(**FORGED), decision=labelled, law=law())
    assert listed(a_case(), decision=labelled, law=law()) == {}


@pytest.mark.parametrize("state", [CaseState.APPEALED, CaseState.AWAITING_SECOND_REVIEWER])
def test_while_somebody_has_to_decide_anew_the_verdict_recommends_nothing(state: CaseState) -> None:
    again = a_case(**FORGED | {"state": state})

    assert listed(again, decision=a_decision(recommended=()), law=law(paid=10**9)) == {}
