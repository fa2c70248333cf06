"""What the blocks of one file say, gathered block by block: labels, manifests, generators, cameras, programs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from streams.evidence.provenance import gb45438, generators, iptc, text, tiff, video_tags, xmp
from streams.evidence.provenance.blocks import END_OF_FILE, MOST_UNKNOWN_BYTES, Block, Walk
from streams.evidence.provenance.gb45438 import Label
from streams.evidence.provenance.packing import PACKED_WITHIN, Packed
from streams.evidence.provenance.sanitising import shown

_LONGEST_CAMERA = 64
_LEAST_LETTERS = 40
"""Signs from which a property may be in base64 or in hex digits."""
_MOST_SEARCHED = 4 * 1024 * 1024
"""Most characters of a file's texts that are searched for generators: about three seconds for the slowest ones."""
_SHORT = 65_536
_EXIF = b"Exif\x00\x00"
"""What stands before an EXIF block in a JPEG; some writers put it before the block in other files too."""
_READ = frozenset({tiff.XMP, tiff.IPTC, tiff.PHOTOSHOP})
"""Tags in which XMP is looked for otherwise."""


@dataclass(slots=True)
class Facts:
    """What was found in a file. ``too_much``: it holds more than is read. ``cut``: a part of it is missing."""

    labels: list[Label] = field(default_factory=list)
    packets: list[xmp.Packet] = field(default_factory=list)
    boxes: list[Block] = field(default_factory=list)
    generators: list[str] = field(default_factory=list)
    cameras: list[str] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    makes: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    keywords: set[str] = field(default_factory=set)
    too_much: bool = False
    cut: bool = False
    _searched: int = 0
    _packed: Packed = field(default_factory=Packed)

    @property
    def complete(self) -> bool:
        """Whether everything was read: only then what was not found is absent."""
        return not self.too_much and not self.cut

    def take(self, block: Block) -> None:
        """Read one block."""
        if block.kind == "jumbf":  # what is missing of a manifest is told as such
            self.boxes.append(block)
            return
        self.cut |= block.clipped
        if block.kind == "exif":
            self._take_tags(block)
        elif block.kind in {"xmp", "xmp_part"}:
            self._take_packet(block.data, block.name)
        elif block.kind == "tag":
            self._take_tag(block.name, block.data)
        elif block.kind == "iptc":
            self._take_resources(block)
        elif block.kind == "bytes":
            self._take_bytes(block.name, block.data)
        else:
            self._take_text(block.name, block.data)

    def end(self) -> None:
        """Add what only all blocks together show: settings spread over keywords, and the camera."""
        if name := generators.of_keywords(self.keywords):
            self.generators.append(name)
        make = next(iter(self.makes), "")
        named = [model if model.startswith(make) else f"{make} {model}" for model in self.models]
        self.cameras += [camera for camera in named or self.makes if not self._generated(camera)]

    def _take_text(self, keyword: str, data: bytes) -> None:
        self._take_strays(keyword, data)
        own = keyword.lower() == "aigc"
        if own or gb45438.mentioned(data):
            self._note_label(text.readings(data), keyword, own=own)
        self.keywords.add(keyword)
        self._take_texts(keyword, data)

    def _take_bytes(self, place: str, data: bytes) -> None:
        """Read the texts among bytes of another kind."""
        self._take_strays(place, data)
        self._take_words(place, data)

    def _take_words(self, place: str, data: bytes) -> None:
        if gb45438.mentioned(data):
            self._note_label(text.within(data), place)
        if generators.mentioned(data):
            self._search_within(place, data)

    def _take_strays(self, place: str, data: bytes) -> None:
        """Read a manifest or XMP that stands where no reader looks for it."""
        if place != END_OF_FILE:
            stray = Walk()
            stray.add_manifest(place, data)
            self.boxes += stray.blocks
        for packet in xmp.within(data):
            self._take_packet(packet, place)

    def _note_label(self, readings: Iterable[str], place: str, *, own: bool = False) -> None:
        """Note the label of a text, in the first way of reading it that gives one."""
        labels = [label for said in readings if (label := gb45438.in_text(said, place, own=own))]
        self.labels += sorted(labels, key=lambda label: label.state != "present")[:1]

    def _take_resources(self, block: Block) -> None:
        """Read Photoshop's resources: IPTC's older form, and what else stands among them."""
        before = len(self.labels), len(self.generators)
        self.cut |= iptc.cut(block.data)
        for name, value in iptc.texts(block.data):
            if gb45438.mentioned(value):
                self._note_label(text.readings(value), f"IPTC {name}")
            self._take_texts(name, value)
            self._take_packed(f"IPTC {name}", value)
        for data in iptc.resources(block.data, iptc.EXIF):
            self._take_tags(Block("exif", "EXIF", data))
        for packet in xmp.within(block.data):
            self._take_packet(packet, block.name)
        if (len(self.labels), len(self.generators)) == before:  # a resource that has no meaning to us
            self._take_words(block.name, block.data)

    def _take_texts(self, name: str, data: bytes) -> None:
        first, *others = text.readings(data)
        self.programs += [first] if name.lower() == "software" and first.strip() else []
        for said in (first, *others):
            self._search(name, said)

    def _take_tag(self, name: str, data: bytes) -> None:
        """Note what a tag of a video says. The last part of a name counts: a domain may stand before it."""
        name, said = name.lower(), text.decoded(data)
        own = gb45438.is_label(name)
        written = max(0, data.find(b"AIGC"))
        label = gb45438.in_text(said if own else text.decoded(data[written:]), shown(name), own=own)
        self.labels += [label] if label else []
        for packet in xmp.within(data):
            self._take_packet(packet, shown(name))
        self._take_packed(shown(name), data)
        self.generators += video_tags.generators_in(name, said)
        self._search(name, said)
        said = said.strip("\x00 ")
        self.makes += [said] if name in video_tags.MAKE else []
        self.models += [said] if name in video_tags.MODEL else []
        if name in video_tags.SOFTWARE:
            self.programs.append(f"Android {said}" if name == video_tags.ANDROID else said)

    def _take_packet(self, data: bytes, place: str) -> None:
        packet = xmp.parse(data)
        self.packets.append(packet)
        self.labels += gb45438.in_packet(packet, data, place)
        self.programs += [value for _, value in packet.of("CreatorTool") if value]
        for (_, name), values in packet.values.items():
            self.keywords.add(name)
            for value in dict.fromkeys(values):
                self._search(name, value)
                if len(value) > _LEAST_LETTERS:
                    self._take_packed(place, value.encode(errors="replace"))
        if packet.cut:
            self.cut = True
            self._search(place, text.decoded(data))
        for said in xmp.beside(data):
            self._take_words(place, said)

    def _take_tags(self, block: Block) -> None:
        before = len(self.labels), len(self.generators)
        tags = tiff.tags(block.data.removeprefix(_EXIF))
        self.too_much |= not tags.complete
        self.cut |= tags.cut or bool(tags.clipped - {tiff.C2PA})
        if not tags.readable:
            self._take_unreadable(block)
        for name, readings in groupby(tags.texts(), key=itemgetter(0)):
            said = [text for _, text in readings]
            self._note_label(said, block.name)
            for each in said:
                self._search(name, each)
        for packet in tags.of(tiff.XMP):
            self._take_packet(packet, "XMP")
        for packet in (found for tag, value in tags.values if tag not in _READ for found in xmp.within(value)):
            self._take_packet(packet, block.name)
        for resources in tags.of(tiff.IPTC) + tags.of(tiff.PHOTOSHOP):
            self.take(Block("iptc", "IPTC", resources))
        clipped = tiff.C2PA in tags.clipped
        self.boxes += [Block("jumbf", block.name, box, clipped) for box in tags.of(tiff.C2PA)]
        self._take_makers(tags)
        if generators.signed(tags.text(tiff.DESCRIPTION), tags.text(tiff.ARTIST)):
            self.generators.append("Grok (signature)")
        untold = (len(self.labels), len(self.generators)) == before
        for value in (value for tag, value in tags.values if untold and tag not in _READ):
            self._take_packed(block.name, value)
        if tags.readable and untold:
            self._take_settings(block)

    def _take_settings(self, block: Block) -> None:
        """Read a label or settings in a block's thumbnail, in a tag of numbers, packed, or where no tag points.

        What a sentence says counts in a tag alone: here its beginning may be missing. Of a file of many pixels what
        stands around the surest words is read.
        """
        if len(block.data) > MOST_UNKNOWN_BYTES:
            around = Walk()
            around.add_said(block.name, block.data)
            for part in around.blocks:
                self._take_settings(part)
            return
        if gb45438.mentioned(block.data):
            self._note_label(text.within(block.data), block.name)
        if generators.mentioned(block.data):
            for said in text.within(block.data):
                self.generators += generators.settings(said)
        self._take_packed(block.name, block.data, len(block.data))

    def _take_packed(self, place: str, data: bytes, within: int = PACKED_WITHIN) -> None:
        """Read what is packed, or in letters, in a part of the file that is read as it stands otherwise."""
        for unpacked in self._packed.within(data, within):
            self._take_words(place, unpacked)

    def _take_unreadable(self, block: Block) -> None:
        self.cut |= bool(block.data.strip(b"\x00"))
        if gb45438.mentioned(block.data):
            self.labels.append(Label(block.name, "invalid", {}, "the EXIF block that names it cannot be read"))
        self._search_within(block.name, block.data)

    def _take_makers(self, tags: tiff.Tags) -> None:
        """Note the camera that make and model name, unless what stands there is no camera's name."""
        make, model = tags.text(tiff.MAKE), tags.text(tiff.MODEL)
        camera = model if model.startswith(make) else f"{make} {model}".strip()
        if camera and not self._generated(make) and not self._generated(model):
            self.cameras.append(camera)
        self.programs += [software] if (software := tags.text(tiff.SOFTWARE)) else []

    @staticmethod
    def _generated(camera: str) -> bool:
        """Return whether a text in a camera's field was written by a generator, or is no name at all."""
        return len(camera) > _LONGEST_CAMERA or "{" in camera or any(generators.traces("make", camera))

    def _search_within(self, place: str, data: bytes) -> None:
        for said in text.within(data):
            self._search(place, said)

    def _search(self, place: str, said: str) -> None:
        """Note the generators that a text shows, and whether it was too long to be searched to its end."""
        if len(said) > _SHORT and ":" not in said[:: len(said) // _SHORT + 1] and ":" not in said:
            return  # a picture or a depth map in letters
        self._searched += len(said)
        if len(said) > generators.LONGEST or self._searched > _MOST_SEARCHED:
            self.too_much = True
        if self._searched <= _MOST_SEARCHED + generators.LONGEST:
            self.generators += generators.traces(place, said)
