"""What calls send, and what they are answered: the models that the description is made from."""

# Over 250 lines because it is one list: whoever calls the API finds all that is sent and answered in one place.

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from schemas.units import DAY_MS
from streams.cases.acts import SHOWS_NOTHING
from streams.cases.looks import VerdictName
from streams.cases.record.query import CaseOrder
from streams.cases.reviewing.recommendations import Outcome
from streams.cases.states import CaseState
from streams.console.endpoints import IDENTIFIER

Text = Annotated[
    str,
    StringConstraints(
        strip_whitespace=False, min_length=1, max_length=4_000, pattern=rf"^[^\x00]*[^{SHOWS_NOTHING}][^\x00]*$"
    ),
    Field(description="Plain text of which something can be seen, kept as it is and shown as text: never as HTML."),
]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Party = Literal["merchant", "buyer"]


def _whole(given: object) -> object:
    """Return a number as a whole one where it is: JSON knows no difference between 3 and 3.0."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


class Body(BaseModel):
    """What is known is checked; what is new is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class CaseFilter(BaseModel):
    """Which cases to list, in which order, and from which cursor on.

    A filter of another name is refused: passed over, it would give everybody's cases to who asked for one merchant's.
    """

    model_config = ConfigDict(extra="forbid")

    state: CaseState | None = None
    merchant: Identifier | None = None
    buyer: Identifier | None = None
    request: Identifier | None = None
    order: CaseOrder = CaseOrder.NEWEST
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=1_024)] | None = None


class Said(Body):
    """What a party says. ``party`` is needed where a platform speaks for one."""

    text: Text
    party: Party | None = None


class Objection(Body):
    """Why a merchant objects, and the photo that it objects to."""

    text: Text
    media_id: Identifier | None = None


class Withdrawal(Body):
    """Why the platform takes a request back."""

    text: Text


class AskedFor(Body):
    """One thing that a party is asked for; ``text`` says more, as which side. A code for paper is made here."""

    kind: Literal["ANGLE", "CLOSE_UP", "VIDEO", "PAPER_CODE", "DISPATCH_VIDEO", "PACKING_PHOTO"]
    text: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = ""


class GivenVerdict(Body):
    """A verdict, the rule that it rests on, and why.

    ``photos`` are the forged ones (none: all), ``asked`` is what MORE_EVIDENCE asks for, ``fields`` are what the
    procedure wants filled in. ``heard`` says that whoever the case waits for answered elsewhere.
    """

    verdict: VerdictName
    rule: Code
    rationale: Text
    photos: Annotated[list[Identifier], Field(max_length=20)] = []
    asked: Annotated[list[AskedFor], Field(max_length=8)] = []
    fields: Annotated[dict[Code, Text], Field(max_length=20)] = {}
    heard: bool = False


class ClosedAs(Body):
    """Which recommendation is closed, how, and why."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
    outcome: Outcome
    text: Text


class Hold(Body):
    """Why a case is parked, and for how long; null: as long as allowed."""

    text: Text
    for_ms: Annotated[int, Field(ge=1_000, le=7 * DAY_MS), BeforeValidator(_whole)] | None = None


class HandOver(Body):
    """To whom a case is given, as the trail names them (an actor, or ``key:NAME``), and why."""

    to: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
    text: Text


class Skip(Body):
    """Why a case is given back. ``conflict``: it concerns the reviewer, who never gets it again."""

    text: Text
    conflict: bool = False


class GoldenMarked(Body):
    """Which closed case is golden, and why it is a good one to judge by."""

    case_id: Identifier
    text: Text


class WhyShown(Body):
    """Why a reviewer has to know whose claim it is: it stands in the audit trail."""

    text: Text


class Address(Body):
    """Where webhooks are posted to: https, a public address."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=1_024)]


class DraftText(Body):
    """What a reviewer has written so far."""

    text: Annotated[str, StringConstraints(max_length=10_000, pattern=r"^[^\x00]*$")]


class AskedAnswer(BaseModel):
    """One thing that a party is asked for while it is waited for; see the kinds of a verdict's ``asked``."""

    kind: str
    text: str


class CaseAnswer(BaseModel):
    """A case as the caller may see it; what is withheld is null."""

    case_id: str
    request_id: str
    order_id: str
    merchant_id: str
    buyer_id: str | None
    category: str
    amount_minor: int
    currency: str
    state: str
    version: int
    opened_at_ms: int
    due_at_ms: int | None
    waits_for: str
    asked: list[AskedAnswer]
    score: int | None
    reasons: list[str]
    assignee: str | None
    verdict: str | None
    decided_at_ms: int | None
    cluster_id: str | None


class GroundAnswer(BaseModel):
    """One ground in words, in both languages."""

    zh: str
    en: str


class ClosingAnswer(BaseModel):
    """How a recommendation was closed, and why; ``by`` is null where a name is not shown."""

    outcome: str
    by: str | None
    at_ms: int
    text: str


class RecommendationAnswer(BaseModel):
    """One recommendation, what it rests on, and how it was closed; ``closed`` null: it is open."""

    code: str
    grounds: list[GroundAnswer]
    closed: ClosingAnswer | None


class RecommendationsAnswer(BaseModel):
    """What is recommended on a case; it binds nobody."""

    case_id: str
    recommendations: list[RecommendationAnswer]


class GoldenCaseAnswer(BaseModel):
    """A golden case with its right verdict and rule; how many reviewers decided it again, how many of them rightly."""

    case_id: str
    verdict: str
    rule: str
    marked_by: str
    marked_at_ms: int
    answers: int
    agreed: int


class GoldenCasesAnswer(BaseModel):
    """The golden cases, the newest mark first."""

    golden_cases: list[GoldenCaseAnswer]


class BuyerAnswer(BaseModel):
    """Whose claim a case is."""

    case_id: str
    buyer_id: str


class CasesAnswer(BaseModel):
    """A page of cases; ``next_cursor`` gives the next one, null where there is none."""

    cases: list[CaseAnswer]
    next_cursor: str | None


class DecisionAnswer(BaseModel):
    """What a machine said of one content of a request."""

    request_digest: str
    verdict: str
    decided_at_ms: int


class ProgressAnswer(BaseModel):
    """How far a request has come: ``state`` is ``CLEAR``, or that of its newest case."""

    request_id: str
    state: str
    waits_for: str
    due_at_ms: int | None
    verdict: str | None
    decisions: list[DecisionAnswer]
    cases: list[CaseAnswer]


class ObjectedAnswer(BaseModel):
    """The case that an objection is noted on, and whether it opened that case."""

    opened: bool
    case: CaseAnswer


class DraftAnswer(BaseModel):
    """A draft; ``version`` is the case's when it was saved."""

    text: str
    version: int
    saved_at_ms: int


class AssignmentAnswer(BaseModel):
    """A case in the caller's hands until ``lease_until_ms``, longer with a heartbeat every ``heartbeat_s``."""

    assignment_id: str
    case_id: str
    assigned_at_ms: int
    lease_until_ms: int
    held_since_ms: int | None
    heartbeat_s: int
    draft: DraftAnswer | None
    case: CaseAnswer


class HandedOver(BaseModel):
    """A case that waits for another person until ``lease_until_ms``."""

    assignment_id: str
    case_id: str
    lease_until_ms: int


class DemandedAnswer(BaseModel):
    """The case that a demand is noted on, and whether it opened that case; null: the request is not decided yet."""

    opened: bool
    case: CaseAnswer | None


class FollowUpAnswer(BaseModel):
    """What was taken at one time: its number in the case, and the names of the media."""

    number: int
    media: list[str]


class SentAnswer(BaseModel):
    """A case after further evidence was taken, and the follow-up that it became."""

    case: CaseAnswer
    follow_up: FollowUpAnswer


class WebhookAnswer(BaseModel):
    """An address; ``secrets`` is how many secrets sign for it at a time."""

    webhook_id: str
    url: str
    made_at_ms: int
    secrets: int


class WebhooksAnswer(BaseModel):
    """Every address, the oldest first."""

    webhooks: list[WebhookAnswer]


class AddedWebhookAnswer(WebhookAnswer):
    """An address with its new secret, which is shown this once: a repeat of the call is answered without it."""

    secret: str | None


class DeliveryAnswer(BaseModel):
    """One event on its way to one address; ``status`` and ``error`` are those of the last attempt."""

    delivery_id: str
    event: str | None
    case_id: str | None
    state: str
    attempts: int
    created_at_ms: int
    next_at_ms: int | None
    status: int | None
    error: str | None


class DeliveriesAnswer(BaseModel):
    """What an address was told, newest first; ``next_cursor`` gives the older ones, null where there are none."""

    deliveries: list[DeliveryAnswer]
    next_cursor: str | None


class LinkAnswer(BaseModel):
    """One link of a case's audit trail, bytes as hex; ``payload``, JSON as text, and salt are null once erased."""

    seq: int
    at_ms: int
    actor: str
    action: str
    payload: str | None
    salt: str | None
    commitment: str
    link: str


class PhotoViewAnswer(BaseModel):
    """A record that somebody was shown a photo or a pair: c0 is the first claim photo, r0 the first reference."""

    at_ms: int
    viewer: str
    places: str
    view: str


class TrailAnswer(BaseModel):
    """A case's audit trail, oldest first, whether its chain holds, and who looked at its photos.

    ``photo_views`` is null for those who decide: that others looked would tell them of a verdict.
    """

    case_id: str
    whole: bool
    entries: list[LinkAnswer]
    photo_views: list[PhotoViewAnswer] | None
