"""The one table of reason codes (``wording/reasons.yaml``), and how a reason becomes words in both languages."""

from collections.abc import Callable, Mapping
from functools import cache

import msgspec

from schemas.records import ReasonText
from streams.wording.tables import Wording, fill, table

TEXT_LIMIT = 600
"""Characters of one text at most: a decision fits into one message, whatever its texts are filled with."""

OF_THE_BUYER = frozenset(
    {"SUM_LIMIT", "FREQUENT_CLAIMS", "BUYER_FLOOD", "HIGH_RATE", "CONFIRMED_FORGER", "CREDIT_SIGNAL"}
)
"""Reasons that tell of the buyer's record: no merchant is told."""

OF_OTHERS = ("sighting.", "cluster.", "history.", "limits.", "comparison.reference_claim")
"""How placeholders begin that stand for other people's requests, shops and goods, or for the operator's own limits."""


class ReasonKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reason code: the criterion that is published, and texts for reviewers, the fullest first.

    The last text has no placeholder, so that there is always one to give.
    """

    criterion: Wording
    texts: tuple[Wording, ...]


class ReasonTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every reason code and every recommendation there is; ``more`` is said of further subjects."""

    reasons: dict[str, ReasonKind]
    recommendations: dict[str, Wording]
    more: Wording


def reasons() -> ReasonTable:
    """Return the packaged table of reasons and recommendations, by code."""
    return table("reasons", ReasonTable)


@cache
def criteria() -> Mapping[str, Wording]:
    """Return what is published of each reason, by its code: no threshold, no reading."""
    return {code: kind.criterion for code, kind in reasons().reasons.items()}


@cache
def criteria_for(audience: str) -> Mapping[str, Wording]:
    """Return the criteria that may be named to buyer, merchant or reviewer, by code of the reason."""
    withheld = OF_THE_BUYER if audience == "merchant" else frozenset[str]()
    return {code: criterion for code, criterion in criteria().items() if code not in withheld}


_NO_MORE = Wording(zh="", en="")


def without_others(code: str, text: ReasonText) -> ReasonText:
    """Return a reason's words as a merchant may read them: the shortest where the full ones could name other people."""
    known = reasons().reasons.get(code)
    names = frozenset[str]() if known is None else frozenset[str]().union(*(one.placeholders for one in known.texts))
    return words(code, lambda _: None) if any(name.startswith(OF_OTHERS) for name in names) else text


Filling = Callable[[str], ReasonText | str | None]
"""Gives what the placeholder of that name stands for; None where it is not known."""


def words(code: str, filling: Filling, others: int = 0) -> ReasonText:
    """Return the words for ``code``: the first text whose placeholders are all known, filled by ``filling``.

    ``others`` counts further subjects of which the same holds. Each language has at most :data:`TEXT_LIMIT` characters,
    and a few more where there are others.
    """
    for wording, names in _texts(code):
        found = {name: filling(name) for name in names}
        if None not in found.values():
            zh = _filled(wording.zh, {name: _zh(value) for name, value in found.items()})
            en = _filled(wording.en, {name: _en(value) for name, value in found.items()})
            more = reasons().more.filled(others=f"{others}") if others else _NO_MORE
            return ReasonText(zh=zh + more.zh, en=en + more.en)
    return ReasonText(zh=code, en=code)


@cache
def _texts(code: str) -> tuple[tuple[Wording, frozenset[str]], ...]:
    return tuple((wording, wording.placeholders) for wording in reasons().reasons[code].texts)


def _zh(value: ReasonText | str | None) -> str:
    return value.zh if isinstance(value, ReasonText) else str(value)


def _en(value: ReasonText | str | None) -> str:
    return value.en if isinstance(value, ReasonText) else str(value)


def _filled(text: str, values: Mapping[str, str]) -> str:
    text = fill(text, values)
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"
