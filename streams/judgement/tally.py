"""What a trial of a policy finds, counted one record at a time, and kept between one step and the next."""

from collections.abc import Iterator, Sequence

import msgspec

from schemas.records import RefundDecided, RefundRequested
from streams.policy.kept import Kept
from streams.policy.merged_findings import Finding
from streams.policy.stored_judgement import StoredJudgement

EXAMPLES = 20
GROUPS_AT_MOST = 5_000
"""Merchants and categories that are counted apart; what comes beyond is counted as one group."""
REST = "…"
AUDITED = ["RANDOM_AUDIT"]


class Before(msgspec.Struct, frozen=True):
    """As much of a stored decision as is compared."""

    verdict: str
    codes: tuple[str, ...]


class Example(msgspec.Struct, frozen=True):
    """A request on which the two policies do not agree, with its claim photos as the platform names them."""

    request_id: str
    before: str
    after: str
    before_reasons: tuple[str, ...]
    after_reasons: tuple[str, ...]
    photos: tuple[str, ...]


class Group(msgspec.Struct):
    """Requests of one category, merchant or capture source, and how many of them go to review."""

    judged: int = 0
    review_before: int = 0
    review_after: int = 0


class Stratum(msgspec.Struct):
    """Requests that were drawn at random with one ``share``: those that people decided, and what they found."""

    share: float
    audited: int = 0
    forged: int = 0
    missed: int = 0


class Labelled(msgspec.Struct):
    """What people found: of requests that the tried policy sends to review, and of those drawn at random.

    ``strata`` are the drawn ones by the share with which they were drawn, as text.
    """

    caught: int = 0
    false_alarms: int = 0
    strata: dict[str, Stratum] = {}


class Tally(msgspec.Struct):
    """Counts of one trial; ``fired`` and ``alone`` are by rule, ``held`` and ``released`` sums by currency."""

    judged: int = 0
    reproduced: int = 0
    not_reproduced: int = 0
    review_before: int = 0
    review_after: int = 0
    to_review: int = 0
    to_clear: int = 0
    fired: dict[str, int] = {}
    alone: dict[str, int] = {}
    held: dict[str, int] = {}
    released: dict[str, int] = {}
    groups: dict[str, dict[str, Group]] = {}
    labelled: Labelled = msgspec.field(default_factory=Labelled)
    not_judged: dict[str, int] = {}
    first_ms: int | None = None
    last_ms: int | None = None
    examples: list[Example] = []
    bytes_out: int = 0

    def add(self, stored: StoredJudgement, kept: Kept, after: RefundDecided, findings: Sequence[Finding]) -> None:
        """Count one record that was judged again."""
        before = before_of(stored)
        request = kept.evidence.request
        review_before, review_after = before.verdict == "REVIEW", after.verdict == "REVIEW"
        self.judged += 1
        self.review_before += review_before
        self.review_after += review_after
        self.first_ms = min(stored.decided_at_ms, self.first_ms or stored.decided_at_ms)
        self.last_ms = max(stored.decided_at_ms, self.last_ms or 0)
        rules = {finding.rule or finding.code for finding in findings}
        for rule in rules:
            _count(self.fired, rule)
        if len(rules) == 1:
            _count(self.alone, *rules)
        if review_before != review_after:
            sums = self.held if review_after else self.released
            _count(sums, request.currency, times=request.amount_minor + request.freight_minor)
            self.to_review += review_after
            self.to_clear += review_before
            if len(self.examples) < EXAMPLES:
                self.examples.append(_example(kept, before, after))
        for kind, name in groups_of(request):
            add_to_group(self.groups, kind, name, before=review_before, after=review_after)

    def add_label(self, after: RefundDecided, *, forged: bool, drawn_share: float | None = None) -> None:
        """Count what people found out about a request: ``forged``, or refused, against granted.

        ``drawn_share`` is the share with which it was drawn at random; None: it was not.
        """
        found = self.labelled
        alarmed = [reason.code for reason in after.reasons] not in ([], AUDITED)
        found.caught += alarmed and forged
        found.false_alarms += alarmed and not forged
        if drawn_share:
            stratum = found.strata.setdefault(f"{drawn_share:g}", Stratum(drawn_share))
            stratum.audited += 1
            stratum.forged += forged
            stratum.missed += forged and not alarmed

    def skip(self, why: str) -> None:
        """Count a record that could not be judged."""
        _count(self.not_judged, why[:200])


def groups_of(request: RefundRequested) -> Iterator[tuple[str, str]]:
    """Yield the groups that a request belongs to: its category, merchant and capture source, each with its kind."""
    yield "category", request.category
    yield "merchant", request.merchant_id
    yield "capture", min((medium.capture_source for medium in request.claim_media), default="none")


def add_to_group(groups: dict[str, dict[str, Group]], kind: str, name: str, *, before: bool, after: bool) -> None:
    """Count a request in its group; past :data:`GROUPS_AT_MOST` of a kind, further ones are one group."""
    of_kind = groups.setdefault(kind, {})
    if name not in of_kind and len(of_kind) >= GROUPS_AT_MOST:
        name = REST
    group = of_kind.setdefault(name, Group())
    group.judged += 1
    group.review_before += before
    group.review_after += after


def before_of(stored: StoredJudgement) -> Before:
    """Return what the stored decision said."""
    said = _decoder.decode(stored.message)
    return Before(said.verdict, tuple(reason.code for reason in said.reasons))


def written(tally: Tally) -> str:
    """Return a tally as it is stored."""
    return msgspec.json.encode(tally).decode()


def read_tally(text: str) -> Tally:
    """Return what :func:`written` stored; an empty text is an empty tally."""
    return msgspec.json.decode(text, type=Tally) if text else Tally()


def _example(kept: Kept, before: Before, after: RefundDecided) -> Example:
    request = kept.evidence.request
    codes = tuple(reason.code for reason in after.reasons)
    photos = tuple(medium.uri for medium in request.claim_media)
    return Example(request.request_id, before.verdict, after.verdict, before.codes, codes, photos)


def _count(counts: dict[str, int], name: str, *, times: int = 1) -> None:
    counts[name] = counts.get(name, 0) + times


class _Code(msgspec.Struct):
    code: str


class _Said(msgspec.Struct):
    verdict: str
    reasons: list[_Code]


_decoder = msgspec.json.Decoder(_Said)
