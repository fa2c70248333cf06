"""How cases are worked on, as an operator chooses: how long each wait lasts by category, what a verdict needs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from schemas.units import HOUR_MS
from streams.cases.looks import VerdictName
from streams.wording.dates import BEIJING

Hours = Annotated[int, msgspec.Meta(ge=1, le=24 * 366)]
Profile = Literal["cn", "eu"]
ZONES: Mapping[Profile, str] = MappingProxyType({"cn": BEIJING, "eu": "UTC"})
"""The zone in which parties are told until when they have, where the operator names none."""

FieldName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:\-]{0,63}$")]


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """How long somebody has, in hours: the merchant to answer, the buyer to send evidence, either to appeal.

    ``rehearing_hours`` is for the merchant to answer what the buyer sent later.
    """

    hearing_hours: int = 48
    rehearing_hours: int = 24
    buyer_evidence_hours: int = 72
    appeal_hours: int = 7 * 24

    def hearing_ends_ms(self, now_ms: int) -> int:
        """Return when a hearing that begins now ends, Unix milliseconds."""
        return now_ms + self.hearing_hours * HOUR_MS

    def rehearing_ends_ms(self, now_ms: int) -> int:
        """Return when a hearing on later evidence ends that begins now, Unix milliseconds."""
        return now_ms + self.rehearing_hours * HOUR_MS

    def buyer_evidence_ends_ms(self, now_ms: int) -> int:
        """Return until when the buyer may send what is asked for now, Unix milliseconds."""
        return now_ms + self.buyer_evidence_hours * HOUR_MS

    def appeal_ends_ms(self, now_ms: int) -> int:
        """Return until when a verdict given now may be appealed, Unix milliseconds."""
        return now_ms + self.appeal_hours * HOUR_MS


class SomeWaits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Waits that differ from those around them; None: as those."""

    hearing_hours: Hours | None = None
    rehearing_hours: Hours | None = None
    buyer_evidence_hours: Hours | None = None
    appeal_hours: Hours | None = None

    def over(self, others: Waits) -> Waits:
        """Return ``others`` with the waits that differ."""
        differ = {name: hours for name, hours in msgspec.structs.asdict(self).items() if hours is not None}
        return msgspec.structs.replace(others, **differ)


SIX_MONTHS_DAYS = 186
"""To complain in the EU (Digital Services Act, art. 20), as it counts (Regulation 1182/71, art. 3): to the end of the
day six months later. Those are 184 days at most, the rest of the first day, and an hour where summer time ends."""
PROFILES: Mapping[Profile, Waits] = MappingProxyType(
    {
        "cn": Waits(),
        "eu": Waits(appeal_hours=SIX_MONTHS_DAYS * 24),
    }
)


class Procedure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one platform works: the waits by a profile, what differs from it, and what differs again by category.

    ``second_review_share`` (0 to 1) of all cases go to a second reviewer by lot. ``verdict_fields`` are what has to be
    filled in with each verdict, beside rule and rationale. ``zone`` (a name of the IANA's, as ``Europe/Berlin``) is the
    one whose time parties are told.
    """

    profile: Profile = "cn"
    zone: str | None = None
    waits: SomeWaits = SomeWaits()
    categories: dict[str, SomeWaits] = {}
    second_review_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.05
    verdict_fields: dict[VerdictName, list[FieldName]] = {}

    @property
    def told_in(self) -> str:
        """The zone whose time parties are told."""
        return self.zone or ZONES[self.profile]

    def of(self, category: str) -> Waits:
        """Return the waits for goods of a category."""
        waits = self.waits.over(PROFILES[self.profile])
        return self.categories.get(category, SomeWaits()).over(waits)


DEFAULT = Procedure()
