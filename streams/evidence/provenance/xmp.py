"""Properties of an XMP packet, read by a parser that refuses document types, entities and deep nesting."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DEEPEST = 64
_MOST_ELEMENTS = 50_000
_LARGEST = 16 * 1024 * 1024
_PADDING = b" \t\r\n\x00"
_BESIDE = re.compile(rb"<!--(.*?)-->|<\?(?!xpacket|xml\b)(.*?)\?>", re.DOTALL)
_OUTERMOST = ("x:xmpmeta", "x:xapmeta", "rdf:RDF")
_MOST_PACKETS = 4

Name = tuple[str, str]
"""Namespace and local name."""


@dataclass(slots=True)
class Packet:
    """What was read: values by name (of elements and attributes alike), declared namespaces, and what went wrong.

    ``fields`` has the names and values inside each structured property. ``problem`` is "" where the packet was read to
    its end; what was read before a problem is kept.
    """

    values: dict[Name, list[str]] = field(default_factory=dict)
    fields: dict[Name, list[tuple[str, str]]] = field(default_factory=dict)
    namespaces: set[str] = field(default_factory=set)
    problem: str = ""
    cut: bool = False
    """Whether a part of it was not read."""

    def of(self, *names: str) -> list[tuple[str, str]]:
        """Return namespace and value of every property of these local names."""
        return [(space, value) for (space, name), found in self.values.items() if name in names for value in found]


class _Refused(Exception):
    """The packet holds what no XMP needs."""


def parse(packet: bytes) -> Packet:
    """Return what a packet says; never raises."""
    packet, code = _in_utf8(packet)
    packet = packet.strip(_PADDING)
    reader = _Reader()
    if len(packet) > _LARGEST:
        reader.packet.problem = "larger than is read"
        reader.packet.cut = True
        return reader.packet
    parser = expat.ParserCreate(code, namespace_separator="\n")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    parser.StartNamespaceDeclHandler = reader.namespace
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(packet, True)  # noqa: FBT003 - expat takes no keywords
    except _Refused as exc:
        reader.packet.problem = str(exc)
    except (expat.ExpatError, ValueError, LookupError) as exc:  # an encoding that nobody knows is one of these
        reader.packet.problem = f"not well-formed: {exc}"
    reader.packet.cut = bool(reader.packet.problem and packet and not reader.closed())
    return reader.packet


def _in_utf8(packet: bytes) -> tuple[bytes, str | None]:
    """Return a packet in UTF-8 with that code's name where it is in UTF-16; any other as it is, and no name."""
    for code, starts in (("utf-16-le", (b"<\x00", b"\xff\xfe")), ("utf-16-be", (b"\x00<", b"\xfe\xff"))):
        if packet.startswith(starts):
            return packet.decode(code, "replace").lstrip("\ufeff").encode(), "utf-8"
    return packet, None


def beside(packet: bytes) -> Iterator[bytes]:
    """Yield what stands in a packet and is no property: comments, instructions, and what is before and behind it."""
    packet, _ = _in_utf8(packet)
    yield from (found[1] or found[2] for found in _BESIDE.finditer(packet) if found[1] or found[2])
    if edges := packet[: max(0, packet.find(b"<"))].strip(_PADDING) + packet.rpartition(b">")[2].strip(_PADDING):
        yield edges


def mentions(packet: bytes, names: tuple[bytes, ...]) -> bool:
    """Return whether one of the names stands in a packet, in UTF-8 or UTF-16."""
    return any(name in packet or b"\x00".join(name[at : at + 1] for at in range(len(name))) in packet for name in names)


def within(data: bytes) -> Iterator[bytes]:
    """Yield the packets among other bytes, in UTF-8; the last one may be cut. At most a few: nobody writes many."""
    for code in ("utf-8", "utf-16-le", "utf-16-be"):
        at = -1
        for _ in range(_MOST_PACKETS):
            starts = {data.find(f"<{name}".encode(code), at + 1): name for name in _OUTERMOST}
            at = min((place for place in starts if place >= 0), default=-1)
            if at < 0:
                break
            close = f"</{starts[at]}>".encode(code)
            end = data.find(close, at)
            packet = data[at : end + len(close) if end >= 0 else len(data)]
            yield packet if code == "utf-8" else packet.decode(code, "replace").encode()
            if end < 0:
                break
            at = end


class _Reader:
    """Handles expat's events. Open elements are kept in a list, so that nesting needs no recursion."""

    def __init__(self) -> None:
        self.packet = Packet()
        self._open: list[tuple[Name, list[str]]] = []
        self._elements = 0

    def closed(self) -> bool:
        """Return whether the outermost element was read to its end; what stands after it says nothing."""
        return self._elements > 0 and not self._open

    def refuse(self, *_: object) -> None:
        """Refuse a document type or an entity, which no XMP needs."""
        msg = "it declares a document type or an entity"
        raise _Refused(msg)

    def namespace(self, _prefix: str | None, uri: str | None) -> None:
        """Note a declared namespace."""
        if uri:
            self.packet.namespaces.add(uri)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        self._elements += 1
        if self._elements > _MOST_ELEMENTS or len(self._open) >= _DEEPEST:
            msg = "it is nested deeper, or has more elements, than is read"
            raise _Refused(msg)
        name = _name(tag)
        self._open.append((name, []))
        for key, value in attributes.items():
            self._property(_name(key), value)
        if resource := attributes.get(f"{_RDF}\nresource"):
            self._property(name, resource)

    def text(self, data: str) -> None:
        """Take text of the innermost element."""
        if self._open:
            self._open[-1][1].append(data)

    def end(self, _tag: str) -> None:
        """Close an element; its text is its value, or in RDF's lists the value of the property around it."""
        name, parts = self._open.pop()
        text = "".join(parts).strip()
        if name[0] == _RDF:
            if text and self._open:
                self._open[-1][1].append(text + "\n")
            return
        self._property(name, text)

    def _property(self, name: Name, value: str) -> None:
        value = value.strip()
        self.packet.values.setdefault(name, []).append(value)
        around = [one for one, _ in self._open if one[0] != _RDF and one != name]
        if around:
            self.packet.fields.setdefault(around[-1], []).append((name[1], value))


def _name(tag: str) -> Name:
    space, found, local = tag.rpartition("\n")
    return (space, local) if found else ("", tag)
