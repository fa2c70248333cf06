"""C2PA manifests, verified by the standard's own library, without network. It is loaded only for a file with one."""

import io
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO, Literal

from streams.evidence.files.video_file import VideoFile
from streams.evidence.provenance import manifest_claims
from streams.evidence.provenance.blocks import Block, Bytes
from streams.evidence.provenance.sanitising import shown
from streams.evidence.provenance.xmp import Packet

_TERMS = "http://purl.org/dc/terms/"
_UNTRUSTED = "signingCredential.untrusted"
_TOLERATED = frozenset({_UNTRUSTED, "cawg.x509.credential.untrusted", "timeStamp.untrusted"})
_LONGEST_REPORT = 8 * 1024 * 1024
_SOURCE_TYPE = re.compile(
    rb"digitalsourcetype/((?:compositeWithT|t)rainedAlgorithmic(?:Media|Data)|compositeSynthetic)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a file's manifest says: its state with a line of detail, and each of its actions by AI as a line."""

    state: Literal["present", "absent", "stripped", "invalid"]
    detail: str = ""
    actions: tuple[str, ...] = ()
    elsewhere: str = ""
    """The address of a manifest that is not in the file. It is never fetched."""


def read(
    file: Bytes, media_type: str, blocks: Sequence[Block], packets: Sequence[Packet], anchors: str | None
) -> Credentials:
    """Return what a file's manifest says. ``anchors`` are the certificates that are trusted, PEM."""
    boxes = [block for block in blocks if block.kind == "jumbf"]
    ours = [box for box in boxes if b"c2pa" in box.data]
    if any(box.clipped for box in ours) or any(box.clipped for box in boxes if len(box.data) <= 16):  # noqa: PLR2004 - nothing but headers
        claims = [claim for box in ours for claim in _claims(file, media_type, box, anchors).actions]
        return Credentials("stripped", "a part of the manifest is missing", tuple(dict.fromkeys(claims)))
    if ours:
        return _verified(file, media_type, ours, anchors)
    named = [value for packet in packets for space, value in packet.of("provenance") if space == _TERMS]
    inside = next((value for value in named if "jumbf" in value.lower()), "")
    elsewhere = next((value for value in named if value.lower().startswith(("https://", "http://"))), "")
    if inside and inside != elsewhere:
        return Credentials("stripped", f"the file names a manifest of its own that is gone: {shown(inside)}")
    return Credentials("absent", elsewhere=shown(elsewhere, 200))


def _opened(file: Bytes) -> AbstractContextManager[BinaryIO]:
    return file.opened() if isinstance(file, VideoFile) else io.BytesIO(file[:])


def _verified(file: Bytes, media_type: str, boxes: Sequence[Block], anchors: str | None) -> Credentials:
    """Return what the manifest in its proper place says; where it does not verify, also what every manifest claims."""
    with _opened(file) as stream:
        proof = _read(media_type, stream, anchors)
    if proof.state == "present" and len(boxes) == 1:
        return proof
    claims = [_claims(file, media_type, box, anchors) for box in boxes]
    actions = tuple(dict.fromkeys([*proof.actions, *(action for claim in claims for action in claim.actions)]))
    makers = "" if "signed by" in proof.detail else "".join(f"; {claim.detail}" for claim in claims if claim.detail)
    return Credentials(proof.state, proof.detail + makers, actions)


def _read(media_type: str, stream: BinaryIO, anchors: str | None, manifest: bytes | None = None) -> Credentials:
    import c2pa  # noqa: PLC0415 - 15 ms and 9 MB that hardly any photo needs

    try:
        with c2pa.Reader(media_type, stream, manifest_data=manifest, context=_context(anchors)) as reader:
            said = reader.json()
    except c2pa.C2paError as exc:
        return Credentials("invalid", shown(str(exc), 160))
    if len(said) > _LONGEST_REPORT:
        return Credentials("invalid", "the manifest says more than is read")
    return _judged(json.loads(said))


def _claims(file: Bytes, media_type: str, box: Block, anchors: str | None) -> Credentials:
    """Return what one manifest claims, wherever it stands and however incomplete it is; ``state`` is not to be used.

    The library reads it as a manifest kept apart from the photo. Where it cannot, the source types whose addresses
    stand in the bytes count.
    """
    at = max(0, box.data.find(b"jumb") - 4)  # behind what a container of its own says first
    with _opened(file) as stream:
        proof = _read(media_type, stream, anchors, box.data[at:])
    maker = proof.detail.partition("; ")[2] if "signed by" in proof.detail else ""
    by_ai = dict.fromkeys(found[1].decode() for found in _SOURCE_TYPE.finditer(box.data))
    return Credentials(proof.state, maker, proof.actions or tuple(by_ai))


@lru_cache(maxsize=2)
def _context(anchors: str | None) -> Any:
    """Return the library's settings: no remote manifests, no certificate status or identities from the network."""
    import c2pa  # noqa: PLC0415 - as above

    settings: dict[str, Any] = {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
        "core": {
            "decode_identity_assertions": False,
            "allowed_network_hosts": [],
            "max_decompressed_manifest_size_in_mb": 16,
        },
    }
    if anchors is not None:
        settings["trust"] = {"trust_anchors": anchors}
    return c2pa.Context(c2pa.Settings.from_dict(settings))


def _judged(report: Mapping[str, Any]) -> Credentials:
    manifests, last = report.get("manifests") or {}, report.get("active_manifest")
    by = _maker(manifests.get(last) or {})
    in_order = sorted(manifests, key=lambda label: (label != last, label))  # the library gives them in any order
    actions = tuple(dict.fromkeys(action for label in in_order for action in manifest_claims.by_ai(manifests[label])))
    state = report.get("validation_state")
    if state in {"Valid", "Trusted"}:
        trust = "valid, signer trusted" if state == "Trusted" else "valid, signer not trusted"
        return Credentials("present", f"{trust}; {by}", actions)
    codes = [str(one.get("code")) for one in report.get("validation_status") or []]
    fatal = [code for code in dict.fromkeys(codes) if code not in _TOLERATED]
    return Credentials("invalid", f"{shown(', '.join(fatal or codes), 160)}; {by}", actions)


def _maker(manifest: Mapping[str, Any]) -> str:
    signer = (manifest.get("signature_info") or {}).get("issuer") or "nobody named"
    program = manifest.get("claim_generator") or next(
        filter(None, manifest_claims.names(manifest.get("claim_generator_info"))), ""
    )
    return f"signed by {shown(str(signer), 60)}" + (f", made with {shown(str(program), 60)}" if program else "")
