"""Texts that no request has, and texts that look like another: a blank behind a category is a category of its own.

CEL and lists take any text, and a rule about ``"ceramics "`` would never fire.
"""

import unicodedata
from collections.abc import Iterator

import msgspec

from schemas.records.base import Code, Identifier
from streams.policy.compiled import Policy
from streams.policy.document import PolicyDocument
from streams.policy.includes import Sources

_IDS = frozenset(
    {
        "request.request_id",
        "request.merchant_id",
        "photo.media_id",
        "sighting.earlier_request_id",
        "sighting.earlier_merchant_id",
        "sighting.earlier_product_id",
    }
)
_CODES = frozenset({"request.category", "request.reason_code"})
_LISTS_OF_IDS = ("merchants", "products", "buyers")
_ENTRIES = ("not_eligible", "overrides")
_HIDDEN = frozenset({"Cc", "Cf"})
"""Unicode's categories of characters that nobody sees."""


def never_given(policy: Policy) -> Iterator[tuple[str, int, str]]:
    """Yield the path of each condition that asks for what is no id or code, the place in it, and what is wrong."""
    for path, one in policy.conditions():
        for name, text, offset in one.expression.compared():
            yield from ((path, offset, one.rule.said(what)) for what in no_value(name, text))


def no_value(name: str, text: str) -> Iterator[str]:
    """Yield why a variable never has this text; nothing where it may."""
    if name in _IDS and not _is(text, Identifier):
        what = f"{name} is never {text!r}: ids are 1 to 128 characters of A-Z, a-z, 0-9 and . _ : -"
        yield what
    if name in _CODES and not _is(text, Code):
        what = f"{name} is never {text!r}: it is 1 to 64 characters"
        yield what


def never_listed(source: Sources) -> Iterator[tuple[str, str]]:
    """Yield the path of each listed merchant, product or buyer that is no id, and what is wrong."""
    for key in _ENTRIES:
        for at, entry in enumerate(source.content.get(key, ())):
            for name in _LISTS_OF_IDS:
                for place, text in enumerate(entry.get(name, ())):
                    if not _is(text, Identifier):
                        what = f"{text!r} is no id: ids are 1 to 128 characters of A-Z, a-z, 0-9 and . _ : -"
                        yield f"$.{key}[{at}].{name}[{place}]", what


def unseen(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    """Yield the path of each name with a sign that nobody sees: whoever approves a policy may take it for another."""
    names = [("$.name", document.name)]
    names += [(f"$.score_bands[{at}].name", band.name) for at, band in enumerate(document.score_bands)]
    for path, name in names:
        if hidden := [one for one in name if unicodedata.category(one) in _HIDDEN]:
            code = f"U+{ord(hidden[0]):04X}"
            what = f"the name {name!r} holds {code}, which nobody sees: leave it out"
            yield path, what


def look_alikes(policy: Policy, source: Sources) -> Iterator[tuple[str, int, str]]:
    """Yield where a category or a stated reason is written so that it looks like another one, and how."""
    for path, one in policy.conditions():
        for name, text, offset in one.expression.compared():
            if name in _CODES:
                yield from ((path, offset, one.rule.said(what)) for what in _odd(text))
    for path, text in _listed(policy.document, source):
        yield from ((path, 0, what) for what in _odd(text))


def _listed(document: PolicyDocument, source: Sources) -> Iterator[tuple[str, str]]:
    content = source.content
    yield from ((f"$.excluded_categories[{at}]", one) for at, one in enumerate(content.get("excluded_categories", ())))
    for key in _ENTRIES:
        for at, entry in enumerate(content.get(key, ())):
            yield from ((f"$.{key}[{at}].categories[{n}]", one) for n, one in enumerate(entry.get("categories", ())))
    yield from ((f"$.evidence_needed.{one}", one) for one in document.evidence_needed)


def _odd(text: str) -> Iterator[str]:
    hidden = [one for one in text if unicodedata.category(one) in _HIDDEN]
    if text != text.strip():
        what = f"{text!r} begins or ends with a blank, and is another text than without: leave it out, unless it is so"
        yield what
    elif hidden:
        code = f"U+{ord(hidden[0]):04X}"
        what = f"{text!r} holds {code}, which nobody sees, and is another text than without: leave it out"
        yield what
    elif text != unicodedata.normalize("NFC", text):
        what = f"{text!r} has marks apart from their letters, and is another text than with both in one: write it anew"
        yield what


def _is(text: str, kind: object) -> bool:
    try:
        msgspec.convert(text, kind)
    except msgspec.ValidationError:
        return False
    return True
