"""The hidden label of GB 45438-2025, Annex E: a flat JSON object in XMP, EXIF, or texts of a file.

Written by many hands, so it is read leniently: numbers for texts, plain product names, missing reserved codes.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from streams.evidence.provenance.escapes import unescaped
from streams.evidence.provenance.sanitising import shown
from streams.evidence.provenance.xmp import Packet, mentions

MEANINGS = {"1": "AI-generated", "2": "may be AI-generated", "3": "suspected to be AI-generated"}
MARKS = (b"AIGC", b"tc260")

_NAMESPACE = re.compile(r"https?://www\.tc260\.org\.cn/ns/aigc\b", re.IGNORECASE)
_AHEAD = re.compile(r"AIGC[\"']?\s*[:=：]?\s*(?=[\"']?\{)", re.IGNORECASE)
_LISTED = re.compile(r"AIGC\W{1,8}(?:\w{1,20}\W{1,4}){0,4}?Label\W{0,3}[:=：]\W{0,3}0?([123])(?![\w.])", re.IGNORECASE)
"""A label that is no JSON: as YAML, a query or an object without quotation marks has it."""
_NAMED_OTHERWISE = ("ａｉｇｃ".encode(), "ＡＩＧＣ".encode(), b"\\u0041", b"\\u0061")
_UNSEEN = re.compile(rb"\xe2\x80[\x8b-\x8f]|\xe2\x81[\xa0-\xa4]|\xef\xbb\xbf|\xc2\xad")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_DEEPEST = 4
_LONGEST = 65_536
_OWN = frozenset({"label", "contentproducer", "produceid"})
_BLANK = " \t\r\n\x00\ufeff"

Fields = dict[str, object]


@dataclass(frozen=True, slots=True)
class Label:
    """The label in one place of a file. ``fields`` has lower-case names and their texts; ``why`` says what is wrong."""

    place: str
    state: Literal["present", "stripped", "invalid"]
    fields: dict[str, str]
    why: str = ""


def mentioned(data: bytes) -> bool:
    """Return whether bytes that may be anything hold the label's name, in ASCII or UTF-16: worth a closer look."""
    plain = data.replace(b"\x00", b"")
    if b"aigc" in plain.lower() or any(name in plain for name in _NAMED_OTHERWISE):
        return True
    return b"\xe2" in plain and b"aigc" in _UNSEEN.sub(b"", plain).lower()


def is_label(name: str) -> bool:
    """Return whether a text or tag of this name is meant for labels alone, with any domain before the name."""
    return name.lower().rpartition(".")[2] == "aigc"


def in_packet(packet: Packet, raw: bytes, place: str) -> Iterator[Label]:
    """Yield the labels of an XMP packet, or the trace of one that was removed."""
    found = [*_properties(packet, place)]
    yield from found
    if found:
        return
    if packet.cut:
        if mentions(raw, MARKS):
            yield Label(place, "invalid", {}, f"the packet that names it cannot be read, {packet.problem}")
    elif any(map(_NAMESPACE.match, packet.namespaces)):
        yield Label(place, "stripped", {}, "its namespace is declared, the property is gone")


def _properties(packet: Packet, place: str) -> Iterator[Label]:
    for name, values in packet.values.items():
        if name[1].lower() != "aigc":
            yield from _mentioned_in(values, place)
            continue
        own = bool(_NAMESPACE.match(name[0]))
        written = [value for value in values if value]
        inner: dict[str, object] = dict(packet.fields.get(name, []))
        if written:
            for value in written:
                label = in_text(value, place, own=own)
                if label is not None:
                    yield label
        elif own:
            yield _judged({key: value for key, value in inner.items() if value}, place)


def _mentioned_in(values: Sequence[str], place: str) -> Iterator[Label]:
    """Yield the labels of a property that is meant for something else: a description, a comment."""
    for value in dict.fromkeys(values):
        label = in_text(value, place, own=False) if "aigc" in value.lower() else None
        if label is not None:
            yield label


def in_text(text: str, place: str, *, own: bool) -> Label | None:
    """Return the label of a text, or None where it holds none.

    ``own`` says that the place is meant for labels and nothing else: what stands there and cannot be read is invalid.
    A label that was escaped on its way counts as if it were not.
    """
    found: Label | None = None
    for plain in _unescaped(text):
        label = _in_plain(plain.strip(_BLANK), place, own=own)
        if label is not None and label.state == "present":
            return label
        found = found or label
    if found is None and (listed := _LISTED.search(unescaped(text[:_LONGEST]))):
        return Label(place, "present", {"label": listed[1]})
    return found


def _unescaped(text: str) -> Iterator[str]:
    """Yield a text as it is, and as it was before it was escaped for HTML, an address, JSON, or in Python's manner."""
    for plain in dict.fromkeys((text, unescaped(text))):
        yield plain
        if '\\"' in plain:
            yield plain.replace('\\\\"', '"').replace('\\"', '"')
        if "{'" in plain:
            yield plain.replace("'", '"')
        if "{\u201c" in plain or "{\u201d" in plain:
            yield plain.replace("\u201c", '"').replace("\u201d", '"')


def _in_plain(text: str, place: str, *, own: bool) -> Label | None:
    ahead = _AHEAD.search(text)
    if not text:
        return _judged({}, place) if own else None
    if not own and ahead is None and not text.startswith("{"):
        return None
    whole = _object(text, 0)
    if whole is not None:
        if (key := _outer_name(whole)) is not None:
            return _inner(whole[key], place)
        if own or {key.lower() for key in whole} >= _OWN:
            return _judged(whole, place)
    if ahead is not None:
        return _inner(_object(text, ahead.end() + (text[ahead.end()] != "{")), place)
    return Label(place, "invalid", {}, f"it is no JSON object: {shown(text, 40)}") if own else None


def _outer_name(fields: Fields) -> str | None:
    return next((key for key in fields if key.lower() == "aigc"), None)


def _inner(value: object, place: str) -> Label:
    if isinstance(value, str):
        value = _object(value.strip(_BLANK), 0) if value.strip(_BLANK) else {}
    if isinstance(value, dict):
        name = _outer_name(value)
        return _judged(value, place) if name is None else _inner(value[name], place)
    return Label(place, "invalid", {}, "it is no JSON object, or names one thing twice")


def _judged(fields: Fields, place: str) -> Label:
    texts = {key.lower(): str(value).strip() for key, value in fields.items() if isinstance(value, str | bool)}
    if not any(texts.values()):
        state: Literal["stripped", "invalid"] = "invalid" if fields and not texts else "stripped"
        return Label(place, state, {}, "it is empty" if state == "stripped" else "its values are no texts")
    label = texts.get("label", "").removesuffix(".0")
    if label in MEANINGS:
        return Label(place, "present", texts | {"label": label})
    return Label(place, "invalid", texts, f"Label is {shown(label, 20)}" if label else "it has no Label")


def _object(text: str, at: int) -> Fields | None:
    """Return the JSON object that begins at ``at``, numbers as texts; None where there is none, or it is too deep."""
    depth, text = 0, text[at : at + _LONGEST]
    if not text.startswith("{"):
        return None
    for token in _TOKEN.finditer(text):
        sign = token.group()
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(sign, 0)
        if depth > _DEEPEST:
            return None
        if depth == 0:
            return _loaded(text[: token.end()])
    return None


def _loaded(text: str) -> Fields | None:
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_int=str, parse_float=str, strict=False)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _once(pairs: Sequence[tuple[str, object]]) -> Fields:
    """Return the pairs as a mapping. Raises ValueError for a name that is given twice with different values."""
    fields: Fields = {}
    for key, value in pairs:
        if fields.setdefault(key, value) != value:
            msg = "one name, two values"
            raise ValueError(msg)
    return fields


def contradiction(labels: Sequence[Label]) -> str:
    """Return how the present labels disagree, "" where they do not. A field that one leaves out is no disagreement."""
    present = [label for label in labels if label.state == "present"]
    for key, name in (("label", "Label"), ("contentproducer", "ContentProducer"), ("produceid", "ProduceID")):
        said = {label.fields[key]: label.place for label in reversed(present) if label.fields.get(key)}
        if len(said) > 1:
            places = " but ".join(f'"{shown(value, 40)}" in {place}' for value, place in list(said.items())[:2])
            return f"{name} is {places}"
    return ""


def sentence(labels: Sequence[Label]) -> str:
    """Return what present labels say, in a line."""
    first = labels[0].fields
    parts = [f"Label {first['label']} ({MEANINGS[first['label']]})"]
    for key, name in (("contentproducer", "ContentProducer"), ("contentpropagator", "ContentPropagator")):
        if said := next((label.fields[key] for label in labels if label.fields.get(key)), ""):
            parts.append(f'{name} "{shown(said)}"')
    parts.append("in " + ", ".join(dict.fromkeys(label.place for label in labels)))
    return "; ".join(parts)
