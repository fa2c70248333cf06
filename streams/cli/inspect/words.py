"""What ``inspect`` says of a claim and its references, in Chinese and English: for the terminal and for the page."""

from collections.abc import Iterator

from schemas.records import Reading
from streams.cli.inspect.inspecting import Finding
from streams.evidence.provenance.finding_kinds import finding_kinds
from streams.policy.pair_verdict import DERIVED
from streams.policy.variable import SHARES
from streams.wording.labels import in_both, label, unmeasured, yes_or_no
from streams.wording.tables import Wording, texts


def verdict(finding: Finding) -> Wording:
    """Return the finding in a few words."""
    return texts("inspection/verdicts")[_kind(finding)]


def _kind(finding: Finding) -> str:
    if any(reason.code in DERIVED for reason in finding.reasons):
        return {True: "altered", False: "sent", None: "unlocated"}[finding.altered]
    if finding.error is not None and not finding.readings:
        return "error"
    if finding.shown_reference is None:
        return "alone"
    return "like" if any(reason.code == "LIKE_REFERENCE" for reason in finding.reasons) else "other"


def rows(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """Yield each reading in words and with its value: Chinese, English, value."""
    for reading in finding.readings:
        words = label(reading.name)
        yield words.zh, words.en, value_of(reading)


def origins(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """Yield what the file says of its origin, in words: what was looked for in Chinese and English, and what it says.

    A kind or state that this version has no words for is its code.
    """
    for one in finding.provenance:
        kind = finding_kinds().get(one.kind)
        state = None if kind is None else kind.states.get(one.state)
        said = one.state if state is None else f"{state.zh} / {state.en}"
        zh, en = (one.kind, one.kind) if kind is None else (kind.words.zh, kind.words.en)
        yield zh, en, ": ".join(filter(None, (said, one.detail)))


def value_of(reading: Reading) -> str:
    """Return a reading's value as people write it, or why there is none."""
    if reading.unmeasured is not None:
        return unmeasured(reading)
    if isinstance(reading.value, bool):
        return yes_or_no(reading.value)
    if isinstance(reading.value, float):
        if reading.unit in SHARES:
            return f"{reading.value:.2%}"
        return f"{reading.value:.4g} {reading.unit or ''}".rstrip()
    if isinstance(reading.value, str):
        return in_both(reading.value, reading.unit)
    return f"{reading.value} {reading.unit or ''}".rstrip()
