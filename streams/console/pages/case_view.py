"""What the page of a case shows, in one language: put together here, laid out by its template."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import msgspec

from schemas.records import EvidenceGathered, Reading, Reason
from schemas.records.evidence import EarlierSighting
from streams.cases.asked import Asked, Party, in_words
from streams.cases.audit import AuditEntry, details_of, in_one_line
from streams.cases.case import CaseFile
from streams.cases.quality.golden import GoldenCase
from streams.cases.quality.golden_showing import seen_before, sighting_as_known
from streams.cases.reviewing.recommendations import Recommendation
from streams.cases.reviewing.statement_of_reasons import Audience, grounds_of, statement
from streams.cases.reviewing.withholding import WITHHELD
from streams.cases.sent_evidence import FollowUp
from streams.casework.photos.pictures import Picture, pictures_of, sent_pictures
from streams.console.pages.pairs import Pair, Video, name_of, pairs_of, videos_of
from streams.console.pages.preferences import DisplayPreferences
from streams.evidence.provenance.finding_kinds import finding_kinds
from streams.policy.kept import Kept
from streams.policy.reasons import criteria_for, reasons, words
from streams.policy.variable import MINOR, RATE, SHARE
from streams.wording.cause import why
from streams.wording.labels import amount, label
from streams.wording.tables import texts

_NO_GOLDEN: Mapping[str, GoldenCase | None] = MappingProxyType({})
PARTIES: tuple[Party, ...] = ("buyer", "merchant")
SAID = {"STATEMENT_MADE", "OBJECTED", "APPEALED", "EVIDENCE_SENT"}
DRAWN = {"overlay", "altered_boxes"}
"""Readings for programs, of what the page shows on the photo: a drawing's key, and coordinates."""
RECORD_DAYS = (7, 30, 365)
TOLD = {"rule", "rationale", "automation"}
"""Parts of a statement of reasons that the page of a case does not show anyway."""
RECORD = ("claims", "sum_minor", "shared_photo", "forgeries", "granted", "refused")


class CaseView:
    """One case in one person's language."""

    def __init__(
        self,
        found: CaseFile,
        told: Sequence[Reason],
        seen: Kept | None,
        says: DisplayPreferences,
        golden: Mapping[str, GoldenCase | None] = _NO_GOLDEN,
    ) -> None:
        """``told`` are the reasons of the decision that this person may know.

        ``golden`` are golden cases as their viewer sees them (:mod:`streams.cases.quality.golden_showing`).
        """
        self._found = found
        self._told = told
        self._evidence: EvidenceGathered | None = None if seen is None else seen.evidence
        self._seen = seen
        self._says = says
        self._golden = golden
        self.pictures: list[Picture] = [] if self._evidence is None else pictures_of(self._evidence)

    @property
    def buyer_says(self) -> str:
        """Why the buyer wants the money back, in their own words; empty where they gave none, or they were erased."""
        return "" if self._evidence is None else self._evidence.request.reason.text

    @property
    def claims(self) -> list[Picture]:
        """The claim photos."""
        return [one for one in self.pictures if one.role == "claim"]

    @property
    def earlier(self) -> list[tuple[Picture, EarlierSighting]]:
        """The earlier photos that resemble them, each with its sighting."""
        found = [(one, one.earlier) for one in self.pictures if one.earlier is not None]
        moved = [(one, seen_before(each, self._found.case)) for one, each in found]
        return [(one, sighting_as_known(each, self._golden) or each) for one, each in moved]

    def sent(self) -> list[tuple[FollowUp, list[Picture], int]]:
        """Return what parties sent later, oldest first: what, its pictures, and how many earlier photos are like it."""
        pictures = sent_pictures(self._found.case, self._found.follow_ups)
        return [
            (one, [each for each in pictures if each.sent is one], len(_like(one))) for one in self._found.follow_ups
        ]

    def pairs(self) -> list[Pair]:
        """Return each claim photo beside each reference, the likeliest source first."""
        return [] if self._evidence is None else pairs_of(self._evidence, self.pictures, self._says)

    def name(self, picture: Picture) -> str:
        """Return the name of a photo as the page shows it."""
        return name_of(picture, self._says)

    def taken(self, picture: Picture) -> str:
        """Return how the platform says that a claim photo was taken; empty where it does not know."""
        given = () if self._evidence is None else self._evidence.request.claim_media
        source = next((one.capture_source for one in given if one.media_id == picture.medium), "unknown")
        return "" if source == "unknown" else self._says.say("taken", source)

    def videos(self) -> list[Video]:
        """Return the claim's videos."""
        return [] if self._evidence is None else videos_of(self._evidence, self.claims, self._says)

    def reasons(self) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
        """Yield each reason: code, words, and its readings as (name, photos, value)."""
        told = set()
        for one in self._told:
            told.add(one.code)
            rows = dict.fromkeys(self._row(reading) for reading in one.readings if reading.name not in DRAWN)
            yield one.code, self._says.of_text(one.text), list(rows)
        for code in self._found.case.reason_codes:
            if code not in told and code in reasons().reasons:
                yield code, self._says.of_text(words(code, lambda _: None)), []

    def advice(self, found: Iterable[Recommendation]) -> list[tuple[str, str, str, str]]:
        """Return recommendations as (code, words, how it was closed, why); the last two are empty while it is open."""
        known, outcomes = reasons().recommendations, texts("recommendations/outcomes")
        return [
            (
                one.code,
                self._says.of(known[one.code]) if one.code in known else one.code,
                "" if one.closed is None else self._says.of(outcomes[one.closed.outcome]),
                "" if one.closed is None else one.closed.note,
            )
            for one in found
        ]

    def provenance(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield what the claim's files say of their origin, as (medium, kind, what it means, detail)."""
        kinds = finding_kinds()
        for medium in () if self._evidence is None else self._evidence.media:
            for finding in medium.provenance if medium.role == "claim" else ():
                kind = kinds.get(finding.kind)
                if kind is not None and finding.state != "absent":
                    state = kind.states.get(finding.state)
                    said = finding.state if state is None else self._says.of(state)
                    yield medium.media_id, self._says.of(kind.words), said, finding.detail

    @property
    def has_record(self) -> bool:
        """Whether the buyer had claimed anything in the longest window."""
        return self._seen is not None and self._seen.history.within(RECORD_DAYS[-1]).claims > 0

    def record(self) -> list[tuple[str, list[str]]]:
        """Return the buyer's record at the decision: a row for each figure, a column for each window of days."""
        if self._seen is None:
            return []
        windows = [self._seen.history.within(days) for days in RECORD_DAYS]
        return [(name, [self._figure(name, getattr(one, name)) for one in windows]) for name in RECORD]

    def statements(self) -> Iterator[tuple[AuditEntry, str]]:
        """Yield each entry in which a party said something, with its words."""
        for entry in self._found.audit:
            if entry.action in SAID:
                yield entry, str(details_of(entry.payload).get("note", ""))

    def told(self, audience: Audience) -> list[tuple[str, list[str]]]:
        """Return by which rule, by whom, and for a reviewer in what words the case was decided: (heading, lines)."""
        grounds = grounds_of(self._found)
        rule = texts("statements/rules").get(grounds.rule)
        told = [
            (one.heading, (rule,) if rule is not None and one.name == "rule" else one.lines)
            for one in statement(self._found.case, grounds, criteria_for, audience, str(self._says.zone))
            if one.name in TOLD
        ]
        return [(self._says.of(heading), [self._says.of(line) for line in lines]) for heading, lines in told]

    def trail(self) -> Iterator[tuple[AuditEntry, str, list[tuple[str, str]]]]:
        """Yield each entry of the trail, with the act in words and its details as (name, value)."""
        acts, notes, fields = texts("acts"), texts("case_page/notes"), texts("case_page/trail")
        for entry in self._found.audit:
            if entry.action == WITHHELD:
                yield entry, self._says.of(notes["withheld"]), []
                continue
            said, known = details_of(entry.payload), acts.get(entry.action)
            told = {**said, **self._in_words(said)}
            noted = [
                (self._says.of(words), in_one_line(told[name])) for name, words in fields.items() if told.get(name)
            ]
            yield entry, entry.action if known is None else self._says.of(known), noted

    def _in_words(self, said: Mapping[str, object]) -> dict[str, str]:
        """Return those of an entry's details that are codes, or English, as the page says them."""
        found = {}
        for name, part in (("rule", "statements/rules"), ("verdict", "pages/verdicts")):
            words = texts(part).get(str(said.get(name)))
            if words is not None:
                found[name] = self._says.of(words)
        if asked := said.get("asked"):
            wanted = msgspec.convert(asked, tuple[Asked, ...])
            found["asked"] = "; ".join(filter(None, (self._says.of(in_words(wanted, one)) for one in PARTIES)))
        if because := said.get("because"):
            found["because"] = self._says.problem(str(because))[1]
        return found

    def value(self, reading: Reading) -> str:
        """Return a reading's value as people write it; for an unmeasured one, why."""
        if reading.unmeasured is not None:
            return f"{self._says.of(texts('values')['unmeasured'])}: {self._says.of_text(why(reading))}"
        value = reading.value
        if isinstance(value, bool):
            return self._says.of(texts("values")["true" if value else "false"])
        if isinstance(value, int) and reading.unit == MINOR:
            return self._says.money(value, self._found.case.currency)
        if isinstance(value, float):
            return self._says.share(value) if reading.unit in {SHARE, RATE} or _is_share(reading) else f"{value:g}"
        return self._says.of_text(amount("" if value is None else value, reading.unit))

    def _row(self, reading: Reading) -> tuple[str, str, str]:
        subject = " · ".join(filter(None, (reading.media_id, reading.reference_id)))
        return self._says.of_text(label(reading.name)), subject, self.value(reading)

    def _figure(self, name: str, value: object) -> str:
        if isinstance(value, int) and name.endswith("_minor"):
            return self._says.money(value, self._found.case.currency)
        return self._says.number(value) if isinstance(value, int | float) else str(value)


def _like(sent: FollowUp) -> list[EarlierSighting]:
    """Return the earlier photos that what was sent resembles."""
    evidence, names = sent.evidence, {one.media_id for one in sent.media}
    media = () if evidence is None else (one for one in evidence.media if one.media_id in names)
    return list({each.sighting_id: each for one in media for each in one.sightings}.values())


def _is_share(reading: Reading) -> bool:
    return (reading.unit or "").startswith("share")
