"""What the page of a case shows, in one language: put together here, laid out by its template."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from schemas.records import EvidenceGathered, Reading, ReasonText
from schemas.records.evidence import EarlierSighting
from streams.cases.audit import AuditEntry
from streams.cases.case import CaseFile
from streams.cases.withholding import WITHHELD
from streams.casework.pictures import Picture, comparison_of, pictures_of
from streams.console.pages.manners import Manners
from streams.evidence.provenance.finding_kinds import finding_kinds
from streams.policy.kept import Kept
from streams.policy.reasons import reasons, words
from streams.policy.variable import MINOR, RATE, SHARE
from streams.wording.cause import why
from streams.wording.labels import label
from streams.wording.tables import texts

SAID = {"STATEMENT_MADE", "OBJECTED", "APPEALED", "EVIDENCE_SENT"}
RECORD_DAYS = (7, 30, 365)
RECORD = ("claims", "sum_minor", "shared_photo", "forgeries", "granted", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A claim photo beside a reference; ``laid`` says that one could be laid over the other."""

    claim: Picture
    reference: Picture
    score: float
    laid: bool
    regions: int
    name: str
    origin: str
    notes: Sequence[str]

    @property
    def places(self) -> str:
        """Both, as addresses name them."""
        return f"{self.claim.place}-{self.reference.place}"

    @property
    def beside(self) -> str:
        """The reference as it stands beside the claim: laid over it where that can be done, else as it is."""
        return f"{self.places}/aligned" if self.laid else f"{self.reference.place}/screen"


class CaseView:
    """One case in the words of one person."""

    def __init__(self, found: CaseFile, seen: Kept | None, says: Manners) -> None:
        self._found = found
        self._evidence: EvidenceGathered | None = None if seen is None else seen.evidence
        self._seen = seen
        self._says = says
        self.pictures: list[Picture] = [] if self._evidence is None else pictures_of(self._evidence)

    @property
    def claims(self) -> list[Picture]:
        """The photos that were claimed with."""
        return [one for one in self.pictures if one.role == "claim"]

    @property
    def earlier(self) -> list[tuple[Picture, EarlierSighting]]:
        """Earlier photos like them."""
        return [(one, one.earlier) for one in self.pictures if one.earlier is not None]

    def pairs(self) -> list[Pair]:
        """Return each claim photo beside each reference, the likeliest source first."""
        if self._evidence is None:
            return []
        found = [
            self._pair(self._evidence, claim, reference)
            for claim in self.claims
            for reference in self.pictures
            if reference.role == "reference"
        ]
        return sorted(found, key=lambda one: (-one.score, one.claim.place, one.reference.place))

    def reasons(self) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
        """Yield each reason: its code, its words, and the readings behind it."""
        told = set()
        for one in self._found.decision.reasons:
            told.add(one.code)
            rows = dict.fromkeys(self._row(reading) for reading in one.readings)
            yield one.code, self._of(one.text), list(rows)
        for code in self._found.case.reason_codes:
            if code not in told and code in reasons().reasons:
                yield code, self._of(words(code, lambda _: None)), []

    def recommended(self) -> list[str]:
        """Return what the policy recommends."""
        known = reasons().recommendations
        codes = self._found.decision.recommended
        return [self._says.of(known[code]) if code in known else code for code in codes]

    def provenance(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield what the files of the claim say of their origin: medium, kind, what it means, detail."""
        kinds = finding_kinds()
        for medium in () if self._evidence is None else self._evidence.media:
            for finding in medium.provenance if medium.role == "claim" else ():
                kind = kinds.get(finding.kind)
                if kind is not None and finding.state != "absent":
                    state = kind.states.get(finding.state)
                    said = finding.state if state is None else self._says.of(state)
                    yield medium.media_id, self._says.of(kind.words), said, finding.detail

    def record(self) -> list[tuple[str, list[str]]]:
        """Return the buyer's record as of the decision: a row for each figure, a column for each window of days."""
        if self._seen is None:
            return []
        windows = [self._seen.history.within(days) for days in RECORD_DAYS]
        return [(name, [self._figure(name, getattr(one, name)) for one in windows]) for name in RECORD]

    def statements(self) -> Iterator[tuple[AuditEntry, str]]:
        """Yield what the parties said."""
        for entry in self._found.audit:
            if entry.action in SAID:
                yield entry, str(_payload(entry).get("note", ""))

    def trail(self) -> Iterator[tuple[AuditEntry, str, list[tuple[str, str]]]]:
        """Yield what was done, in words, with what was noted."""
        acts, notes, fields = texts("acts"), texts("case_page/notes"), texts("case_page/trail")
        for entry in self._found.audit:
            if entry.action == WITHHELD:
                yield entry, self._says.of(notes["withheld"]), []
                continue
            said, known = _payload(entry), acts.get(entry.action)
            noted = [(self._says.of(words), _shown(said[name])) for name, words in fields.items() if said.get(name)]
            yield entry, entry.action if known is None else self._says.of(known), noted

    def value(self, reading: Reading) -> str:
        """Return a reading's value as people write it, or why there is none."""
        if reading.unmeasured is not None:
            return f"{self._says.of(texts('values')['unmeasured'])}: {self._of(why(reading))}"
        value = reading.value
        if isinstance(value, bool):
            return self._says.of(texts("values")["true" if value else "false"])
        if isinstance(value, int) and reading.unit == MINOR:
            return self._says.money(value, self._found.case.currency)
        if isinstance(value, float):
            return self._says.share(value) if reading.unit in {SHARE, RATE} or _is_share(reading) else f"{value:g}"
        return f"{value} {reading.unit or ''}".rstrip()

    def _pair(self, evidence: EvidenceGathered, claim: Picture, reference: Picture) -> Pair:
        beside = comparison_of(evidence, claim, reference)
        readings = {} if beside is None else {one.name: one for one in beside.readings}
        score = readings["derived_score"].value if "derived_score" in readings else 0.0
        given = next((one for one in evidence.request.reference_media if one.media_id == reference.medium), None)
        origin = ""
        if given is not None:
            where = self._says.of(texts("pages/origins")[given.origin])
            origin = f"{where} · {self._says.moment(given.registered_at_ms)}"
        return Pair(
            claim=claim,
            reference=reference,
            score=float(score) if isinstance(score, int | float) else 0.0,
            laid="scene_differs" in readings,
            regions=0 if beside is None else len(beside.regions),
            name=reference.medium,
            origin=origin,
            notes=list(self._notes(readings)),
        )

    def _notes(self, readings: Mapping[str, Reading]) -> Iterator[str]:
        """Yield in a few words what a person has to know to see a pair rightly."""
        share, turns = readings.get("altered_fraction"), readings.get("quarter_turns")
        if share is not None and isinstance(share.value, float):
            yield self._says.say("pair", "altered", share=self._says.share(share.value))
        if "mirrored" in readings and readings["mirrored"].value is True:
            yield self._says.say("pair", "mirrored")
        if turns is not None and turns.value in {1, 2, 3}:
            yield self._says.say("pair", "turned", degrees=90 * int(turns.value))

    def _row(self, reading: Reading) -> tuple[str, str, str]:
        subject = " · ".join(filter(None, (reading.media_id, reading.reference_id)))
        return self._of(label(reading.name)), subject, self.value(reading)

    def _figure(self, name: str, value: object) -> str:
        if isinstance(value, int) and name.endswith("_minor"):
            return self._says.money(value, self._found.case.currency)
        return self._says.number(value) if isinstance(value, int | float) else str(value)

    def _of(self, text: ReasonText) -> str:
        return text.zh if self._says.language == "zh" else text.en


def _is_share(reading: Reading) -> bool:
    return (reading.unit or "").startswith("share")


def _payload(entry: AuditEntry) -> Mapping[str, Any]:
    try:
        found = msgspec.json.decode(entry.payload or b"{}")
    except msgspec.DecodeError:  # then the chain is broken as well, and says so
        return {}
    return found if isinstance(found, dict) else {}


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
