"""IPTC's digital source type: what the file says of how the picture was made (camera, AI, print)."""

import re
from collections.abc import Sequence

from streams.evidence.provenance.xmp import Packet

NAMES = (
    "DigitalSourceType",
    "digitalsourcetype",
    "digitalSourceType",
    "DigitalSourcefileType",
    "DigitalSourceFileType",
)
"""The property as it is spelled, and as IPTC called it first."""
BY_AI = frozenset(
    {"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic", "trainedAlgorithmicData"}
)
CAPTURED = frozenset({"digitalCapture", "computationalCapture", "negativeFilm", "positiveFilm", "print"})
_SPOKEN = {
    "createdusinggenerativeai": "trainedAlgorithmicMedia",
    "editedusinggenerativeai": "compositeWithTrainedAlgorithmicMedia",
    "compositeincludinggenerativeaielements": "compositeSynthetic",
    "compositeincludingsyntheticelements": "compositeSynthetic",
}
"""The vocabulary's own labels, which some programs write in the place of the code."""
_SPELLED = {code.lower(): code for code in BY_AI | CAPTURED} | _SPOKEN


def code(value: str) -> str:
    """Return the code at the end of a NewsCodes address, or of a bare code itself, as the vocabulary spells it."""
    last = re.split(r"[/:#]", value.strip().partition("?")[0].rstrip("/#"))[-1].strip()
    return _SPELLED.get(re.sub(r"[\W_]+", "", last).lower(), last)


def codes(packets: Sequence[Packet]) -> list[str]:
    """Return every source type that the XMP packets give, each once."""
    values = [value for packet in packets for _, value in packet.of(*NAMES)]
    return list(dict.fromkeys(found for value in values for line in value.split("\n") if (found := code(line))))
