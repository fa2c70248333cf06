"""What the index page says, in its order, as blocks."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from schemas.records import MediumEvidence, Reading
from schemas.units import MINUTE_MS
from streams.cases.acts import SYSTEM
from streams.cases.audit import AuditEntry
from streams.cases.legal_tiers import packaged
from streams.cases.record.seals import Seal
from streams.casework.package.blocks import Block, Heading, Paragraph, Picture, Rows
from streams.casework.package.contents import Contents
from streams.casework.package.ports import Audience, Spell
from streams.evidence.provenance.finding_kinds import finding_kinds
from streams.wording.cause import why
from streams.wording.dates import beijing
from streams.wording.labels import amount, label
from streams.wording.money import in_words
from streams.wording.tables import texts

LAWS: Mapping[Audience, Sequence[str]] = {
    "police": ("data_2016", "criminal_procedure", "public_security", "criminal_266", "labels"),
    "court": ("civil_148", "civil_evidence", "internet_courts", "labels"),
    "ai-provider": ("labels",),
}
SEEN_MS = MINUTE_MS
"""A worker that was seen so shortly before the seal was still running then."""


def blocks(told: Contents) -> Iterator[Block]:
    """Give the blocks of the page in their order; an AI provider's page leaves out what is not for one."""
    notes = _zh("notes")
    yield _heading("title")
    yield Paragraph(notes["purpose"])
    yield Paragraph(notes["times"])
    yield _heading("case")
    yield Rows((), tuple(_case(told)))
    full = told.audience != "ai-provider"
    if full:
        yield _heading("reasons")
        reasons = [(str(number), reason.text.zh, reason.code) for number, reason in enumerate(told.decision.reasons, 1)]
        table = _table(("number", "reason", "code"), reasons, (1, 12, 7))
        yield table if reasons else Paragraph(notes["no_reasons"])
    yield _heading("photos")
    yield from (Picture(item.path, f"{item.path}（{item.role}）") for item in told.items if item.shown)
    yield _heading("readings")
    yield from _readings(told, full=full)
    if full:
        yield _heading("trail")
        yield _table(("when", "who", "act", "note"), [_act(entry) for entry in told.audit], (5, 4, 4, 9))
    yield _heading("law")
    yield from _law(told)
    yield _heading("list")
    yield _list(told)
    yield Paragraph(notes["signature"])
    yield _heading("system")
    yield from _system(told)
    yield _heading("repeat")
    yield Paragraph(texts("evidence_package/notes")["repeat"].filled(version=told.version).zh)
    yield Paragraph("\n".join(told.recipe), code=True)
    yield _heading("proof")
    yield from _proof(told)


def _zh(part: str) -> dict[str, str]:
    return {name: text.zh for name, text in texts(f"evidence_package/{part}").items()}


def _heading(name: str) -> Heading:
    return Heading(_zh("headings")[name])


def _table(names: Sequence[str], rows: Sequence[tuple[str, ...]], wide: tuple[int, ...] = ()) -> Rows:
    columns = _zh("columns")
    return Rows(tuple(columns[name] for name in names), tuple(rows), wide)


def _case(told: Contents) -> Iterator[tuple[str, str]]:
    case, fields = told.case, _zh("fields")
    shown = {"case_id": case.case_id, "request_id": case.request_id, "version": str(case.version)}
    if told.audience != "ai-provider":
        verdicts, states = texts("acts"), texts("states")
        shown |= {
            "order_id": case.order_id,
            "buyer_id": case.buyer_id,
            "merchant_id": case.merchant_id,
            "amount": in_words(case.amount_minor, case.currency),
            "freight": in_words(told.claim.freight_minor, case.currency),
            "state": states[case.state].zh,
            "verdict": _VERDICTS.get(case.verdict or "", _zh("notes")["no_verdict"]),
        }
        shown["verdict"] = verdicts[shown["verdict"]].zh if shown["verdict"] in verdicts else shown["verdict"]
        shown["policy"] = f"{told.decision.policy.name}，{told.decision.policy.sha256}"
    shown["opened"] = beijing(case.opened_at_ms)
    shown["made_with"] = told.made_with
    yield from ((fields[name], value) for name, value in shown.items())


_VERDICTS = {"GRANT": "GRANTED", "REFUSE": "REFUSED", "FORGERY_CONFIRMED": "FORGERY_CONFIRMED"}
"""The act by which each verdict is given."""


def _readings(told: Contents, *, full: bool) -> Iterator[Block]:
    if told.evidence is None:
        yield Paragraph(_zh("notes")["not_kept"])
        return
    for medium in (one for evidence in (told.evidence, *told.later) for one in evidence.media):
        if full or medium.role == "claim":
            rows = list(_of_medium(medium))
            if rows:
                yield _table(("medium", "name", "value"), rows, (4, 8, 8))


def _of_medium(medium: MediumEvidence) -> Iterator[tuple[str, str, str]]:
    words = _zh("columns")
    for reading in medium.readings:
        yield medium.media_id, label(reading.name).zh, _value(reading)
    for found in medium.provenance:
        kind = finding_kinds().get(found.kind)
        name = found.kind if kind is None else kind.words.zh
        state = found.state if kind is None or found.state not in kind.states else kind.states[found.state].zh
        yield medium.media_id, f"{words['origin']}：{name}", "：".join(filter(None, (state, found.detail)))
    for comparison in medium.comparisons:
        for reading in comparison.readings:
            yield f"{medium.media_id} / {comparison.reference_id}", label(reading.name).zh, _value(reading)
    for earlier in medium.sightings:
        yield medium.media_id, words["earlier"], f"{earlier.sighting_id}，{earlier.distance_bits} / 256"


def _value(reading: Reading) -> str:
    if reading.unmeasured is not None:
        return f"{texts('values')['unmeasured'].zh}: {why(reading).zh}"
    if isinstance(reading.value, bool):
        return texts("values")["true" if reading.value else "false"].zh
    return amount("" if reading.value is None else reading.value, reading.unit).zh


def _act(entry: AuditEntry) -> tuple[str, str, str, str]:
    said = msgspec.json.decode(entry.payload) if entry.payload is not None else {}
    words = texts("acts").get(entry.action)
    shown = [str(said[name]) for name in ("rule", "note") if said.get(name)]
    who = _zh("notes")["by_system"] if entry.actor == SYSTEM else entry.actor
    return beijing(entry.at_ms), who, entry.action if words is None else words.zh, "；".join(shown)


def _law(told: Contents) -> Iterator[Block]:
    words, columns = _zh("law"), _zh("columns")
    yield Rows((), tuple((str(number), words[name]) for number, name in enumerate(LAWS[told.audience], 1)), (1, 20))
    if told.audience == "police":
        rows = [
            (
                f"{row.effective_from} – {row.effective_until or ''}",
                in_words(row.from_minor, row.currency) if row.from_minor > 1 else columns["no_minimum"],
                row.sanction.zh + (f"（{columns['unverified']}）" if row.unverified else ""),
            )
            for row in packaged().tiers
            if row.jurisdiction == "CN"
        ]
        yield _table(("in_force", "threshold", "sanction"), rows, (5, 4, 10))


_LIST = (6, 4, 4, 3, 3, 8, 4, 5)


def _list(told: Contents) -> Rows:
    rows = [
        (
            item.path,
            item.source,
            item.category,
            item.form,
            f"{item.size}",
            item.sha256,
            "" if item.received_at_ms is None else beijing(item.received_at_ms),
            told.made_with,
        )
        for item in told.items
    ]
    return _table(("file", "source", "category", "format", "bytes", "sha256", "received", "tool"), rows, _LIST)


def _system(told: Contents) -> Iterator[Block]:
    fields, notes = _zh("fields"), _zh("notes")
    yield Paragraph(notes["system"])
    yield Rows((), ((fields["interval"], f"{beijing(told.case.opened_at_ms)} – {beijing(told.seal.sealed_at_ms)}"),))
    if not told.spells:
        yield Paragraph(notes["no_spells"])
        return
    names = ("worker", "version", "configuration", "from", "until")
    rows = [
        (
            spell.worker,
            spell.version,
            spell.configuration_sha256[:16],
            beijing(spell.started_at_ms),
            _until(spell, told.seal),
        )
        for spell in told.spells
    ]
    yield _table(names, rows, (5, 3, 5, 5, 6))
    if not told.events:
        yield Paragraph(notes["no_events"])
        return
    workers = {spell.spell_id: spell.worker for spell in told.spells}
    what = _zh("events")
    happened = [
        (
            beijing(event.at_ms),
            workers.get(event.spell_id, event.spell_id),
            what.get(event.what, event.what),
            event.detail,
        )
        for event in told.events
    ]
    yield _table(("when", "worker", "what", "note"), happened, (5, 5, 5, 9))


def _until(spell: Spell, seal: Seal) -> str:
    notes = _zh("notes")
    if spell.ended_at_ms is not None and spell.ended_at_ms <= seal.sealed_at_ms:
        return beijing(spell.ended_at_ms)
    if spell.ended_at_ms is None and spell.seen_at_ms < seal.sealed_at_ms - SEEN_MS:
        return f"{beijing(spell.seen_at_ms)}（{notes['seen_until']}）"
    return notes["running"]


def _proof(told: Contents) -> Iterator[Block]:
    fields, notes = _zh("fields"), _zh("notes")
    yield Paragraph(notes["path"])
    yield Rows(
        (),
        (
            (fields["seal"], str(told.seal.seal_no)),
            (fields["sealed_at"], beijing(told.seal.sealed_at_ms)),
            (fields["head"], told.head.hex()),
            (fields["stamp"], told.stamp or notes["no_stamp"]),
        ),
    )
    yield Paragraph(notes["verify"])
