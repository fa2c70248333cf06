"""The audit trail: sealed heads, a proof that it is as it was written, who did what, and what I did today."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import StringConstraints

from streams.casework.record.proving import Proved
from streams.clock import now_ms
from streams.console.endpoints import Asking, Uses, at
from streams.console.pages.forms import Form
from streams.console.pages.preferences import DisplayPreferences, preferences_of
from streams.console.pages.view import page
from streams.console.use_cases import UseCases
from streams.errors import Invalid
from streams.wording.tables import texts

HEADS_SHOWN, DONE_SHOWN = 30, 200
Who = Annotated[str, StringConstraints(max_length=128, strip_whitespace=True)]

router = APIRouter()


@at(router, "GET /audit")
def audit_page(request: Request, uses: Uses, who: Annotated[Who, Query()] = "", day: str = "") -> Response:
    """Return the page of sealed heads, and of who did what on a day."""
    return _page(request, uses, who=who, day=day)


@at(router, "POST /audit/verify")
def verify(request: Request, sent: Form, uses: Uses) -> Response:
    """Return the same page, after every chain, seal and stamp was checked."""
    return _page(request, uses, proved=sent.uses.audit.prove())


@at(router, "GET /today")
def today(request: Request, uses: Uses, caller: Asking) -> Response:
    """Return the page of what the caller did today."""
    says = preferences_of(request)
    begins = _day("", says)
    ends = begins + timedelta(days=1)
    done = uses.audit.done(_ms(begins), _ms(ends), caller.name, DONE_SHOWN, as_known=True)
    counts: dict[str, int] = {}
    for one in done:
        counts[one.outcome] = counts.get(one.outcome, 0) + 1
    return page(request, "today.html", done=done, words=_words(says), counts=counts, most=DONE_SHOWN)


def _page(request: Request, uses: UseCases, *, who: str = "", day: str = "", proved: Proved | None = None) -> Response:
    says = preferences_of(request)
    begins = _day(day, says)
    given: dict[str, Any] = {"who": who, "day": begins.date().isoformat(), "proved": proved, "most": DONE_SHOWN}
    return page(
        request,
        "audit.html",
        heads=uses.audit.heads(HEADS_SHOWN),
        done=uses.audit.done(_ms(begins), _ms(begins + timedelta(days=1)), who or None, DONE_SHOWN),
        words=_words(says),
        **given,
    )


def _words(says: DisplayPreferences) -> dict[str, str]:
    return {action: says.of(text) for action, text in texts("acts").items()}


def _day(text: str, says: DisplayPreferences) -> datetime:
    """Return the start, in the person's zone, of the named day, or of today; :class:`Invalid` for what is no day."""
    if not text:  # where clocks go back over midnight, a day begins at the first of two
        now = datetime.fromtimestamp(now_ms() / 1_000, UTC).astimezone(says.zone)
        return now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    try:
        begins = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=says.zone)
        _ms(begins + timedelta(days=1))  # the last day of all has no end
    except (ValueError, OverflowError) as exc:
        msg = "give a day as in 2026-03-31"
        raise Invalid(msg) from exc
    return begins


def _ms(when: datetime) -> int:
    return int(when.timestamp()) * 1_000
