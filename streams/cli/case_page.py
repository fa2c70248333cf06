"""One case on a screen, for the person who reviews it: in Chinese and English, what decides first, the record last."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from schemas.names import request_folder
from schemas.records import Reading, Reason
from streams.cases.audit import AuditEntry, verify
from streams.cases.case import Case, CaseFile, Claim, PhotoMatch
from streams.cases.states import WORDS
from streams.cli.printing import moment, plain
from streams.policy import money
from streams.policy.reasons import reasons, words
from streams.policy.variables import MINOR, RATE, SHARE, label
from streams.wording.cause import why
from streams.wording.folding import Folding

_KINDS = {"refund_only": "仅退款 refund without return", "return_and_refund": "退货退款 refund with return"}
_SOURCES = {"claim": "退款申请 a refund request", "catalogue": "商品图 a photo of goods"}


def page(found: CaseFile, evidence_url: str) -> Iterator[RenderableType]:
    """Give the case part by part; ``evidence_url`` is where our own copies of photos are."""
    yield from _head(found)
    yield _heading("人工审核理由 Why a person looks")
    for place, reason in enumerate(found.decision.reasons):
        yield Padding(Folding(plain(reason.code), "bold yellow"), (min(place, 1), 0, 0, 2), expand=False)
        yield from _reason(reason, found.case.currency)
    yield from _since(found)
    if found.decision.recommended:
        yield _heading("建议 What to do")
        yield from (_indented(_recommendation(code)) for code in found.decision.recommended)
    if found.photo_matches:
        yield _heading("相似的更早照片 Earlier photos that look alike")
        yield _matches(found.photo_matches)
    if len(found.contents) > 1:
        yield _heading("同一申请编号下的各次内容 All that was sent under this request id")
        yield _contents(found)
    if found.related:
        yield _heading("相关案件 Other cases of the same picture or request")
        yield _related(found.related)
    yield _heading("存档 For the record")
    yield from _record(found, evidence_url)
    yield _heading(f"处理记录 Audit trail: {_chain(found)}")
    yield from (_indented(_entry(entry)) for entry in found.audit)


def reading_value(reading: Reading, currency: str) -> str:
    """Return a reading's value as people write it, or why there is none, in both languages."""
    if reading.unmeasured is not None:
        said = why(reading)
        return f"未能检查 not examined: {said.zh} / {said.en}"
    value = reading.value
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, int) and reading.unit == MINOR:
        return money.in_words(value, currency)
    if isinstance(value, float):
        return f"{value:.1%}" if reading.unit in {SHARE, RATE} else f"{value:g} {reading.unit or ''}".rstrip()
    return f"{value} {reading.unit or ''}".rstrip()


def _head(found: CaseFile) -> Iterator[RenderableType]:
    case, claim = found.case, found.claim
    words = WORDS[case.state]
    yield Text(plain(f"案件 Case {case.case_id}"), "bold")
    rows = [
        ("状态 state", f"{words.zh} {words.en} ({case.state})"),
        ("风险分 score", f"{case.score} / 100"),
        ("金额 amount", f"{money.in_words(claim.amount_minor, claim.currency)}{_freight(claim)}"),
        ("方式 kind", _KINDS.get(claim.kind, claim.kind)),
        ("商家 merchant", case.merchant_id),
        ("买家 buyer", case.buyer_id if case.person == case.buyer_id else f"{case.buyer_id} (person {case.person})"),
        ("同图案件组 cluster", case.cluster_id),
        ("订单 order", f"{claim.order_id}, product {claim.product_id}, category {claim.category}"),
        ("申请 request", f"{case.request_id}, asked {moment(claim.requested_at_ms)}"),
        ("立案 opened", moment(case.opened_at_ms)),
    ]
    if case.due_at_ms is not None:
        rows.append(("期限 due", moment(case.due_at_ms)))
    if case.verdict is not None and case.decided_at_ms is not None:
        rows.append(("裁定 verdict", f"{case.verdict}, {moment(case.decided_at_ms)}"))
    yield _pairs(rows)


def _freight(claim: Claim) -> str:
    return f" + 运费 freight {money.in_words(claim.freight_minor, claim.currency)}" if claim.freight_minor else ""


def _reason(reason: Reason, currency: str) -> Iterator[RenderableType]:
    yield _indented(reason.text.zh)
    yield _indented(reason.text.en)
    rows = dict.fromkeys(_reading(reading, currency) for reading in reason.readings)  # two matches may read alike
    if rows:
        yield _table(("读数", "reading", "照片 photo", "参考图 reference", "值 value"), list(rows))


def _since(found: CaseFile) -> Iterator[RenderableType]:
    """Give the reasons that came up after the decision, which itself never changes."""
    said = {reason.code for reason in found.decision.reasons}
    for code in found.case.reason_codes:
        if code not in said and code in reasons().reasons:
            text = words(code, lambda _: None)
            yield Padding(Folding(plain(code), "bold yellow"), (0, 0, 0, 2), expand=False)
            yield _indented(text.zh)
            yield _indented(text.en)
    if found.case.opened_for is not None:
        yield _indented(f"因该案而立 opened for case {found.case.opened_for}")


def _reading(reading: Reading, currency: str) -> tuple[str, ...]:
    words = label(reading)
    return words.zh, words.en, reading.media_id or "", reading.reference_id or "", reading_value(reading, currency)


def _recommendation(code: str) -> str:
    words = reasons().recommendations.get(code)
    return code if words is None else f"- {words.zh} / {words.en}"


def _matches(found: Sequence[PhotoMatch]) -> RenderableType:
    return _table(
        ("照片 photo", "相似于 looks like", "来自 from", "申请 request", "256 位中相差 bits of 256 that differ", ""),
        [
            (
                match.media_id,
                match.earlier_media_id or match.earlier_sighting_id,
                _SOURCES.get(match.earlier_source, match.earlier_source),
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
        return f"已标记为偶然相似 harmless: {match.harmless_by}"
    if match.explained_by is None:
        return ""
    share = match.shared_alteration
    alike = "改动未能比对 alterations not compared" if share is None else f"改动相同 altered alike: {share:.0%}"
    return f"均由此图制作 both made from {match.explained_by}; {alike}"


def _contents(found: CaseFile) -> RenderableType:
    return _table(
        ("", "金额 amount", "买家 buyer", "商家 merchant", "订单 order", "商品 product", "digest"),
        [
            (
                "本案 this case" if claim is found.claim else "",
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
    return _table(
        ("案件 case", "申请 request", "金额 amount", "买家 buyer", "商家 merchant", "状态 state", "理由 reasons"),
        [
            (
                case.case_id,
                case.request_id,
                money.in_words(case.amount_minor, case.currency),
                case.buyer_id,
                case.merchant_id,
                WORDS[case.state].zh,
                " ".join(case.reason_codes),
            )
            for case in found
        ],
    )


def _record(found: CaseFile, evidence_url: str) -> Iterator[RenderableType]:
    case, policy = found.case, found.decision.policy
    folder = request_folder(case.request_id, case.request_digest)
    copies = f"{folder}/ in {evidence_url}, each a note of its file in blobs/"
    yield _pairs([("照片副本 photos kept", copies), ("规则 policy", f"{policy.name}, sha256 {policy.sha256}")])


def _chain(found: CaseFile) -> str:
    broken = verify(found.case.case_id, found.audit)
    return "完整 unbroken" if broken is None else f"自第 {broken} 条起中断 BROKEN from entry {broken} on"


def _entry(entry: AuditEntry) -> str:
    erased = " (已删除 erased)" if entry.payload is None else ""
    return f"{entry.seq}. {moment(entry.at_ms)}  {entry.actor}  {entry.action}{erased}"


def _heading(text: str) -> RenderableType:
    return Padding(Text(plain(text), "bold"), (1, 0, 0, 0), expand=False)


def _indented(text: str) -> RenderableType:
    return Padding(Folding(plain(text)), (0, 0, 0, 2), expand=False)


def _pairs(rows: Sequence[tuple[str, str]]) -> RenderableType:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column()
    for name, value in rows:
        table.add_row(name, Folding(plain(value)))
    return Padding(table, (0, 0, 0, 2), expand=False)


def _table(headings: Sequence[str], rows: Sequence[tuple[str, ...]]) -> RenderableType:
    """Return rows under headings; a column of nothing is left out."""
    told = [place for place in range(len(headings)) if any(row[place] for row in rows)]
    table = Table(box=None, header_style="dim", pad_edge=False)
    for place in told:
        table.add_column(headings[place])
    for row in rows:
        table.add_row(*(Folding(plain(row[place])) for place in told))
    return Padding(table, (0, 0, 0, 4), expand=False)
