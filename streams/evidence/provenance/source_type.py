"""IPTC's digital source type: what the file says of how the picture was made (camera, AI, print)."""

from collections.abc import Sequence

from streams.evidence.provenance.xmp import Packet

BY_AI = frozenset({"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"})
CAPTURED = frozenset({"digitalCapture", "computationalCapture", "negativeFilm", "positiveFilm", "print"})


def code(value: str) -> str:
    """Return the code at the end of a NewsCodes address, or of a bare code itself."""
    return value.strip().rstrip("/").rpartition("/")[2].rpartition(":")[2]


def codes(packets: Sequence[Packet]) -> list[str]:
    """Return every source type that the XMP packets give, each once."""
    values = [value for packet in packets for _, value in packet.of("DigitalSourceType", "digitalsourcetype")]
    return list(dict.fromkeys(found for value in values for line in value.split("\n") if (found := code(line))))
