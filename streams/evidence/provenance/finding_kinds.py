"""Every kind of finding, and every state it can be in; ``wording/findings.yaml`` has what each means."""

from collections.abc import Mapping

import msgspec

from streams.wording.tables import Wording, table

GB45438, C2PA, C2PA_AI, C2PA_REMOTE = "gb45438", "c2pa", "c2pa_ai", "c2pa_remote"
SOURCE_TYPE, GENERATOR, CAMERA, SOFTWARE = "iptc_digital_source_type", "generator", "camera", "software"
VISIBLE = "visible_label"


class FindingKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is looked for, and what each state of it means. A state that is not listed never occurs."""

    words: Wording
    states: dict[str, Wording]


def finding_kinds() -> Mapping[str, FindingKind]:
    """Return the packaged table of all kinds."""
    return table("findings", dict[str, FindingKind])
