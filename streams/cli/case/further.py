"""What parties sent on a case later, on a screen: what was asked for, what came, and what was read from it."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from schemas.records import EvidenceGathered, Reading
from streams.cases.asked import in_words
from streams.cases.sent_evidence import FollowUp
from streams.cli.case.page_parts import indented, reading_row, table
from streams.wording.dates import moment
from streams.wording.tables import texts


def further(sent: Sequence[FollowUp], currency: str) -> Iterator[RenderableType]:
    """Give each follow-up, oldest first."""
    for one in sent:
        party = texts("case_page/fields")[one.party].both
        yield indented(f"{one.number}. {moment(one.sent_at_ms)}  {party} {one.by}")
        if one.asked:
            asked = texts("case_page/trail")["asked"].both
            yield indented(f"   {asked}: {in_words(one.asked, one.party).both}")
        yield indented("   " + ", ".join(f"{each.media_id} ({each.kind}: {each.uri})" for each in one.media))
        if one.evidence is None:
            yield indented(f"   {texts('case_page/notes')['not_looked_at'].both}")
        else:
            rows = dict.fromkeys(reading_row(reading, currency) for reading in _readings(one.evidence))
            reading = texts("case_page/fields")["reading"]
            photo, reference, value = (texts("case_page/fields")[name].both for name in ("photo", "reference", "value"))
            yield table((reading.zh, reading.en, photo, reference, value), list(rows))


def _readings(evidence: EvidenceGathered) -> Iterator[Reading]:
    yield from evidence.readings
    for medium in evidence.media:
        yield from medium.readings
        for compared in medium.comparisons:
            yield from compared.readings
