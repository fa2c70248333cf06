"""One case on a screen, for the person who reviews it: in Chinese and English, what decides first, the record last."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from schemas.names import request_folder
from schemas.records import Reason
from streams.cases.case import Case, CaseFile, Claim, PhotoMatch
from streams.cli.case.further import further
from streams.cli.case.page_parts import indented, pairs, reading_row, table
from streams.cli.case.trail import chain, lines
from streams.cli.printing import plain
from streams.policy.reasons import reasons, words
from streams.wording import money
from streams.wording.dates import moment
from streams.wording.folding import Folding
from streams.wording.tables import texts


def page(found: CaseFile, evidence_url: str) -> Iterator[RenderableType]:
    """Give the case part by part; ``evidence_url`` is where our own copies of photos are."""
    yield from _head(found)
    yield _titled("reasons")
    for place, reason in enumerate(found.decision.reasons):
        yield Padding(Folding(plain(reason.code), "bold yellow"), (min(place, 1), 0, 0, 2), expand=False)
        yield from _reason(reason, found.case.currency)
    yield from _since(found)
    if found.decision.recommended:
        yield _titled("recommended")
        yield from (indented(_recommendation(code)) for code in found.decision.recommended)
    if found.follow_ups:
        yield _titled("follow_ups")
        yield from further(found.follow_ups, found.case.currency)
    if found.photo_matches:
        yield _titled("earlier_photos")
        yield _matches(found.photo_matches)
    if len(found.contents) > 1:
        yield _titled("contents")
        yield _contents(found)
    if found.related:
        yield _titled("related")
        yield _related(found.related)
    yield _titled("record")
    yield from _record(found, evidence_url)
    yield _titled("audit", f": {chain(found.audit_broken_at)}")
    yield from (indented(line) for entry in found.audit for line in lines(entry))


def _head(found: CaseFile) -> Iterator[RenderableType]:
    case, claim = found.case, found.claim
    state = texts("states")[case.state]
    yield Text(plain(f"{texts('case_page/headings')['case'].both} {case.case_id}"), "bold")
    rows = [
        (_field("state"), f"{state.both} ({case.state})"),
        (_field("score"), f"{case.score} / 100"),
        (_field("amount"), f"{money.in_words(claim.amount_minor, claim.currency)}{_freight(claim)}"),
        (_field("kind"), _named("kinds", claim.kind)),
        (_field("merchant"), case.merchant_id),
        (_field("buyer"), case.buyer_id if case.person == case.buyer_id else f"{case.buyer_id} (person {case.person})"),
        (_field("cluster"), case.cluster_id),
        (_field("order"), f"{claim.order_id}, product {claim.product_id}, category {claim.category}"),
        (_field("request"), f"{case.request_id}, asked {moment(claim.requested_at_ms)}"),
        (_field("opened"), moment(case.opened_at_ms)),
    ]
    if case.due_at_ms is not None:
        rows.append((_field("due"), moment(case.due_at_ms)))
    if case.verdict is not None and case.decided_at_ms is not None:
        rows.append((_field("verdict"), f"{case.verdict}, {moment(case.decided_at_ms)}"))
    yield pairs(rows)


def _freight(claim: Claim) -> str:
    return (
        f" + {_field('freight')} {money.in_words(claim.freight_minor, claim.currency)}" if claim.freight_minor else ""
    )


def _reason(reason: Reason, currency: str) -> Iterator[RenderableType]:
    yield indented(reason.text.zh)
    yield indented(reason.text.en)
    rows = dict.fromkeys(reading_row(reading, currency) for reading in reason.readings)  # two matches may read alike
    if rows:
        reading = texts("case_page/fields")["reading"]
        yield table((reading.zh, reading.en, *_fields("photo", "reference", "value")), list(rows))


def _since(found: CaseFile) -> Iterator[RenderableType]:
    """Give the reasons that came up after the decision, which itself never changes."""
    said = {reason.code for reason in found.decision.reasons}
    for code in found.case.reason_codes:
        if code not in said and code in reasons().reasons:
            text = words(code, lambda _: None)
            yield Padding(Folding(plain(code), "bold yellow"), (0, 0, 0, 2), expand=False)
            yield indented(text.zh)
            yield indented(text.en)
    if found.case.opened_for is not None:
        yield indented(f"{_note_text('opened_for')} {found.case.opened_for}")


def _recommendation(code: str) -> str:
    words = reasons().recommendations.get(code)
    return code if words is None else f"- {words.zh} / {words.en}"


def _matches(found: Sequence[PhotoMatch]) -> RenderableType:
    return table(
        (*_fields("photo", "looks_like", "from", "request", "distance_bits"), ""),
        [
            (
                match.media_id,
                match.earlier_media_id or match.earlier_sighting_id,
                _named("sources", match.earlier_source),
                match.earlier_request_id or "",
                str(match.distance_bits),
                _note(match),
            )
            for match in found
        ],
    )


def _note(match: PhotoMatch) -> str:
    """Return why a match may mean less than it seems to, if anything does."""
    if match.harmless_by is not None:
        return f"{_note_text('harmless')}: {match.harmless_by}"
    if match.explained_by is None:
        return ""
    share = match.shared_alteration
    alike = _note_text("alike_unknown") if share is None else f"{_note_text('alike')}: {share:.0%}"
    return f"{_note_text('explained')} {match.explained_by}; {alike}"


def _contents(found: CaseFile) -> RenderableType:
    return table(
        ("", *_fields("amount", "buyer", "merchant", "order", "product"), "digest"),
        [
            (
                _note_text("this_case") if claim is found.claim else "",
                f"{money.in_words(claim.amount_minor, claim.currency)}{_freight(claim)}",
                claim.buyer_id,
                claim.merchant_id,
                claim.order_id,
                claim.product_id,
                claim.request_digest,
            )
            for claim in found.contents
        ],
    )


def _related(found: Sequence[Case]) -> RenderableType:
    return table(
        _fields("case", "request", "amount", "buyer", "merchant", "state", "reasons"),
        [
            (
                case.case_id,
                case.request_id,
                money.in_words(case.amount_minor, case.currency),
                case.buyer_id,
                case.merchant_id,
                texts("states")[case.state].zh,
                " ".join(case.reason_codes),
            )
            for case in found
        ],
    )


def _record(found: CaseFile, evidence_url: str) -> Iterator[RenderableType]:
    case, policy = found.case, found.decision.policy
    folder = request_folder(case.request_id, case.request_digest)
    copies = f"{folder}/ in {evidence_url}, each a note of its file in blobs/"
    yield pairs([(_field("copies"), copies), (_field("policy"), f"{policy.name}, sha256 {policy.sha256}")])


def _titled(name: str, more: str = "") -> RenderableType:
    heading = texts("case_page/headings")[name].both
    return Padding(Text(plain(heading + more), "bold"), (1, 0, 0, 0), expand=False)


def _field(name: str) -> str:
    return texts("case_page/fields")[name].both


def _fields(*names: str) -> tuple[str, ...]:
    return tuple(map(_field, names))


def _named(part: str, name: str) -> str:
    """Return the words for one of several values; for one that this version does not know, the value itself."""
    found = texts(f"case_page/{part}").get(name)
    return name if found is None else found.both


def _note_text(name: str, **values: object) -> str:
    return texts("case_page/notes")[name].filled(**values).both
