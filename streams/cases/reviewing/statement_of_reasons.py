"""The statement of reasons for a verdict, in Chinese and English: facts, rule, automation, and the way to appeal.

Coarse for the parties: what is published as criteria, no reading, no threshold, no name. Whole for reviewers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from schemas.records import ReviewEvent
from streams.cases.asked import Asked, Party, in_words
from streams.cases.case import Case, CaseFile
from streams.cases.events import notice
from streams.cases.looks import Given, Look
from streams.cases.reviewing.review import VERDICTS
from streams.cases.states import CaseState
from streams.wording.dates import moment_in
from streams.wording.tables import Wording, texts

Audience = Literal["buyer", "merchant", "reviewer"]
Criteria = Callable[[Audience], Mapping[str, Wording]]
"""Gives the published words for the reasons that an audience may be told, by code."""

STATEMENT = "STATEMENT_OF_REASONS"
"""What the events are called by which parties are told."""
FACTS_AT_MOST = 8
"""Reasons that a statement names, the strongest: a notice has room for so many."""
_PEOPLE = {Look.FIRST: 1, Look.SECOND: 2, Look.SENIOR: 3, Look.APPEAL: 1}


class Paragraph(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a statement; ``name`` is that of its heading."""

    name: str
    lines: tuple[Wording, ...]

    @property
    def heading(self) -> Wording:
        """What stands above it."""
        return texts("statements/headings")[self.name]


class Grounds(msgspec.Struct, frozen=True, kw_only=True):
    """What a verdict rests on: its ``rule``, how many ``people`` came to it, and what reviewers alone are told.

    ``asked`` is what was asked for with ``MORE_EVIDENCE``. ``rationale`` is None where it is not kept any more, or not
    shown yet; ``findings`` are the machine's reasons in full.
    """

    verdict: str | None
    rule: str = ""
    people: int = 1
    asked: Sequence[Asked] = ()
    photos: Sequence[str] = ()
    rationale: str | None = None
    findings: Sequence[Wording] = ()


def statement(case: Case, grounds: Grounds, criteria: Criteria, audience: Audience, zone: str) -> list[Paragraph]:
    """Return the statement of reasons for ``audience``, its times in ``zone``.

    ``case`` is as it stands after the verdict.
    """
    found = [
        Paragraph(name="verdict", lines=(_verdict(case, grounds),)),
        Paragraph(name="facts", lines=tuple(_facts(case, criteria, audience))),
    ]
    if grounds.verdict is not None:
        found.append(Paragraph(name="rule", lines=(_rule(grounds.rule),)))
    if grounds.verdict == "MORE_EVIDENCE":
        found += [Paragraph(name="asked", lines=tuple(_asked(case, grounds.asked, audience, zone)))]
    found += [
        Paragraph(name="automation", lines=(_automation(grounds),)),
        Paragraph(name="appeal", lines=(_appeal(case, grounds, audience, zone),)),
    ]
    return found + (list(_for_reviewers(grounds)) if audience == "reviewer" else [])


def as_text(paragraphs: Sequence[Paragraph]) -> Wording:
    """Return a statement as one text in each language, a line a paragraph."""

    def line(paragraph: Paragraph, language: Literal["zh", "en"]) -> str:
        colon, space = ("：", "") if language == "zh" else (": ", " ")
        return paragraph.heading.of(language) + colon + space.join(one.of(language) for one in paragraph.lines)

    return Wording(
        zh="\n".join(line(one, "zh") for one in paragraphs), en="\n".join(line(one, "en") for one in paragraphs)
    )


def notices(case: Case, given: Given, criteria: Criteria, at_ms: int, zone: str) -> tuple[ReviewEvent, ...]:
    """Return the events that tell each party the reasons for the verdict ``given``, by which ``case`` is decided."""
    grounds = Grounds(verdict=given.verdict, rule=given.rule, people=_PEOPLE[case.look])
    parties: tuple[Party, ...] = ("buyer", "merchant")
    return tuple(
        notice(case, party, at_ms, STATEMENT, as_text(statement(case, grounds, criteria, party, zone)))
        for party in parties
    )


def grounds_of(found: CaseFile, findings: Sequence[Wording] = ()) -> Grounds:
    """Return what the case's verdict rests on; without a verdict, what the open request for evidence rests on."""
    case = found.case
    if case.verdict is None:
        asked = [one.given for one in found.verdicts if one.given.verdict == "MORE_EVIDENCE"] if case.asked else []
        verdict = "MORE_EVIDENCE" if asked else None
        return Grounds(verdict=verdict, rule=asked[-1].rule if asked else "", asked=case.asked, findings=findings)
    deciding = [one.given for one in found.verdicts if one.given.verdict != "MORE_EVIDENCE"]
    last = deciding[-1] if deciding else Given(verdict="GRANT", rule=case.verdict)
    return Grounds(
        verdict=case.verdict,
        rule=last.rule,
        people=_PEOPLE[case.look],
        photos=last.photos,
        rationale=_rationale(found),
        findings=findings,
    )


def _rationale(found: CaseFile) -> str | None:
    for entry in reversed(found.audit):
        if entry.action in VERDICTS:
            return None if entry.payload is None else str(msgspec.json.decode(entry.payload).get("note", ""))
    return None


def against(verdict: str | None) -> Party:
    """Return the party that a verdict is against, which may appeal."""
    return "merchant" if verdict == "GRANT" else "buyer"


def _verdict(case: Case, grounds: Grounds) -> Wording:
    return texts("statements/verdicts")[grounds.verdict or "none"].filled(request=case.request_id)


def _facts(case: Case, criteria: Criteria, audience: Audience) -> Iterator[Wording]:
    words, told, known = texts("statements/facts"), criteria(audience), criteria("reviewer")
    named = [code for code in case.reason_codes[:FACTS_AT_MOST] if code in known]
    yield from (words["reviewed"].filled(criterion=told[code]) for code in named if code in told)
    if not told.keys() >= set(named):
        yield words["all_withheld" if told.keys().isdisjoint(named) else "withheld"]
    yield words["heard"]


def _rule(code: str) -> Wording:
    notes, words = texts("statements/notes"), texts("statements/rules").get(code)
    return notes["rule_alone"].filled(code=code) if words is None else notes["rule"].filled(code=code, words=words)


def _asked(case: Case, asked: Sequence[Asked], audience: Audience, zone: str) -> Iterator[Wording]:
    """Give what is asked for, until when, and what becomes of silence; a party of whom nothing is asked is told so."""
    parties: tuple[Party, ...] = ("buyer", "merchant") if audience == "reviewer" else (audience,)
    mine = [in_words(asked, party) for party in parties if any(one.kind.party == party for one in asked)]
    notes = texts("statements/notes")
    yield from mine or [notes["asked_of_other"]]
    if mine and case.due_at_ms is not None:
        yield notes["asked_until"].filled(until=moment_in(case.due_at_ms, zone))


def _automation(grounds: Grounds) -> Wording:
    words = texts("statements/automation")
    if grounds.verdict in {None, "MORE_EVIDENCE"}:
        return words["pending"]
    return words["one"] if grounds.people == 1 else words["screened"].filled(people=grounds.people)


def _appeal(case: Case, grounds: Grounds, audience: Audience, zone: str) -> Wording:
    words = texts("statements/appeals")
    if grounds.verdict in {None, "MORE_EVIDENCE"}:
        return words["not_yet"]
    if case.look is Look.APPEAL:
        return words["final"]
    if case.state is not CaseState.DECIDED or case.due_at_ms is None:
        return words["over"]
    party, until = against(grounds.verdict), moment_in(case.due_at_ms, zone)
    if audience == "reviewer":
        return words["party"].filled(until=until, party=texts("case_page/fields")[party])
    return words["own" if audience == party else "other_side"].filled(until=until)


def _for_reviewers(grounds: Grounds) -> Iterator[Paragraph]:
    notes = texts("statements/notes")
    if grounds.findings:
        yield Paragraph(name="findings", lines=tuple(grounds.findings))
    rationale = grounds.rationale
    said = [notes["no_rationale"] if rationale is None else Wording(zh=rationale, en=rationale)]
    if grounds.photos:
        said.append(notes["photos"].filled(photos=", ".join(grounds.photos)))
    if grounds.verdict is not None:
        yield Paragraph(name="rationale", lines=tuple(said))
