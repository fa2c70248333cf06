"""Confirming a forgery, and taking that back: what becomes of the case, its trail and the platform."""

import pytest

from streams.cases.photos import forgery
from streams.cases.photos.marks import ANY, PhotoMarks
from streams.cases.photos.photos import ClaimPhoto
from streams.cases.states import CaseState
from streams.errors import OperatorError
from tests.unit.cases.cases import DIGEST, LIN, a_case

C1, C2 = ClaimPhoto("c1", "1" * 64), ClaimPhoto("c2")
KNOWN = {"c1": C1, "c2": C2}


@pytest.mark.parametrize(
    ("state", "after", "event"),
    [(CaseState.DECIDED, CaseState.APPEALED, "APPEALED"), (CaseState.CLOSED, CaseState.CLOSED, "CLOSED")],
)
def test_a_revoked_verdict_is_gone_and_somebody_decides_anew_unless_the_case_is_closed(
    state: CaseState, after: CaseState, event: str
) -> None:
    done = forgery.revoke(a_case(state=state, verdict="FORGERY_CONFIRMED", decided_at_ms=1), LIN)

    assert (done.after.state, done.after.verdict, done.after.decided_at_ms, done.after.version) == (
        after,
        None,
        None,
        2,
    )
    assert [(told.event, told.verdict) for told in done.events] == [(event, None)]


def test_only_what_was_revoked_before_needs_no_revoking() -> None:
    forgery.require_revoked(a_case(), ["chen.yu"])
    with pytest.raises(OperatorError, match="nothing to revoke"):
        forgery.require_revoked(a_case(), [])


def test_all_photos_are_meant_where_none_is_named() -> None:
    assert forgery.chosen(a_case(), KNOWN, []) == [C1, C2]
    assert forgery.chosen(a_case(), KNOWN, ["c2", "c2"]) == [C2]
    with pytest.raises(OperatorError, match="case c-1 has no photo c3: its photos are: c1, c2"):
        forgery.chosen(a_case(), KNOWN, ["c3", "c1"])


def test_a_photo_that_is_harmless_beside_whichever_is_no_forgery() -> None:
    named = forgery.names_by_photo(a_case(), [C1, C2])
    assert set(named) == {f"claim:rr-1:{DIGEST}:c1", "sha256:" + "1" * 64, f"claim:rr-1:{DIGEST}:c2"}

    forgery.require_not_harmless(a_case(), named, PhotoMarks(harmless={("sha256:" + "1" * 64, "sha256:9"): "h-1"}))
    with pytest.raises(OperatorError, match=r"photo c1 of case c-1 is marked as harmless: run: .* unmark-harmless h-2"):
        forgery.require_not_harmless(a_case(), named, PhotoMarks(harmless={("sha256:" + "1" * 64, ANY): "h-2"}))
