"""C2PA manifests: trusted, valid, invalid, gone; and nobody is asked over the network."""

import io
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import c2pa
import pytest

from schemas.records import ProvenanceFinding
from streams.evidence.provenance.credentials import _judged
from streams.evidence.provenance.report import Report, examine
from tests.photos import jpeg, png, saved
from tests.unit.evidence.provenance.files import SMALL, itxt, jpeg_with, jpeg_xmp, packet, png_with, segment
from tests.unit.evidence.provenance.signing import SOURCE_TYPES, an_authority, signed

PROVENANCE = 'xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="{}"'


def found(report: Report, kind: str) -> list[ProvenanceFinding]:
    return [finding for finding in report.findings if finding.kind == kind]


def reading(report: Report, name: str) -> object:
    return next(one.value for one in report.readings if one.name == name)


def test_a_manifest_whose_signer_is_trusted_says_so() -> None:
    (finding,) = found(examine(signed(), an_authority().anchors), "c2pa")
    assert finding.state == "present"
    assert finding.detail == "valid, signer trusted; signed by Test CA signer, made with Test camera"


@pytest.mark.parametrize("anchors", [None, an_authority("Another CA").anchors], ids=["no anchors", "others' anchors"])
def test_a_manifest_whose_signer_nobody_vouches_for_is_valid_and_not_trusted(anchors: str | None) -> None:
    (finding,) = found(examine(signed(), anchors), "c2pa")
    assert (finding.state, finding.detail.partition(";")[0]) == ("present", "valid, signer not trusted")


@pytest.mark.parametrize(
    ("photo", "media_type"),
    [(png(SMALL), "image/png"), (saved(SMALL, "WEBP"), "image/webp"), (saved(SMALL, "AVIF"), "image/avif")],
    ids=["png", "webp", "avif"],
)
def test_a_manifest_is_found_in_other_containers(photo: bytes, media_type: str) -> None:
    report = examine(signed(photo, media_type=media_type), an_authority().anchors)
    assert [finding.state for finding in found(report, "c2pa")] == ["present"]


def test_a_photo_changed_after_it_was_signed_is_invalid_and_names_the_code() -> None:
    photo = bytearray(signed())
    photo[-40] ^= 1
    report = examine(bytes(photo), an_authority().anchors)
    (finding,) = found(report, "c2pa")
    assert finding.state == "invalid"
    assert finding.detail.startswith("assertion.dataHash.mismatch;")
    assert reading(report, "label_invalid") is True


@pytest.mark.parametrize("kind", ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"])
def test_what_ai_made_is_named(kind: str) -> None:
    report = examine(signed(digitalSourceType=SOURCE_TYPES + kind, softwareAgent={"name": "A painter"}))
    assert [finding.detail for finding in found(report, "c2pa_ai")] == [f"c2pa.created {kind} A painter"]
    assert reading(report, "declared_ai") is True


def test_what_ai_changed_in_a_cameras_photo_is_named() -> None:
    kind = "compositeWithTrainedAlgorithmicMedia"
    report = examine(signed(then={"action": "c2pa.edited", "digitalSourceType": SOURCE_TYPES + kind}))
    assert [finding.detail for finding in found(report, "c2pa_ai")] == [f"c2pa.edited {kind}"]
    assert reading(report, "declared_ai") is True


def further(label: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"further": [{"label": label, "data": data}]}


METADATA = {
    "@context": {"Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"},
    "Iptc4xmpExt:DigitalSourceType": f"{SOURCE_TYPES}trainedAlgorithmicMedia",
}


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"program": "Adobe Firefly"}, "made with Adobe Firefly"),
        ({"further": [{"label": "stds.iptc", "data": METADATA}]}, "stds.iptc trainedAlgorithmicMedia"),
        ({"further": [{"label": "c2pa.metadata", "data": METADATA}]}, "c2pa.metadata trainedAlgorithmicMedia"),
        ({"then": {"action": "c2pa.edited", "digitalSourceType": f"{SOURCE_TYPES}compositeSynthetic"}}, "c2pa.edited"),
        ({"program": "Firefly"}, "made with Firefly"),
        ({"softwareAgent": {"name": "Gemini"}}, "c2pa.created digitalCapture Gemini"),
        ({"then": {"action": "c2pa.edited", "description": "Generative Fill"}}, "c2pa.edited Photoshop (generative)"),
        (
            {
                "then": {
                    "action": "c2pa.edited",
                    "parameters": {"digitalSourceType": f"{SOURCE_TYPES}compositeSynthetic"},
                }
            },
            "c2pa.edited compositeSynthetic",
        ),
        (further("c2pa.ai-disclosure", {"modelType": "c2pa.types.model.diffusion", "modelName": "X 4"}), "X 4"),
        (further("com.example.genai", {"request": {"model": "gpt-image-1"}}), "com.example.genai gpt-image"),
        (
            further("stds.exif", {"tiff:Software": "Midjourney", "@context": {"tiff": "http://a.example/"}}),
            "Midjourney",
        ),
        (further("cn.tc260", {"AIGC": {"Label": "1", "ContentProducer": "豆包"}}), "cn.tc260 Label 1"),
        (further("c2pa.asset-type", {"types": [{"type": "c2pa.types.generator.prompt"}]}), "generator.prompt"),
    ],
)
def test_a_manifest_that_says_it_otherwise_than_by_an_action_counts(how: dict[str, Any], says: str) -> None:
    report = examine(signed(**how))
    assert says in found(report, "c2pa_ai")[0].detail
    assert reading(report, "declared_ai") is True


def test_the_wish_that_no_model_be_trained_with_a_photo_declares_no_ai() -> None:
    wish = {"entries": {"c2pa.ai_generative_training": {"use": "notAllowed"}, "c2pa.data_mining": {"use": "allowed"}}}
    report = examine(signed(further=[{"label": "c2pa.training-mining", "data": wish}]))
    assert (found(report, "c2pa_ai"), reading(report, "declared_ai")) == ([], False)


def test_what_a_broken_manifest_says_of_ai_still_counts() -> None:
    photo = bytearray(signed(digitalSourceType=f"{SOURCE_TYPES}trainedAlgorithmicMedia"))
    photo[-40] ^= 1
    report = examine(bytes(photo))
    assert (reading(report, "declared_ai"), reading(report, "label_invalid")) == (True, True)


BY_AI = f"{SOURCE_TYPES}trainedAlgorithmicMedia"


def parted(photo: bytes) -> tuple[bytes, bytes]:
    """A signed JPEG's segments with the manifest, and the JPEG without them."""
    manifest, rest, at = b"", photo[:2], 2
    while photo[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(photo[at + 2 : at + 4], "big")
        if photo[at + 1] == 0xEB:
            manifest += photo[at:end]
        else:
            rest += photo[at:end]
        at = end
    return manifest, rest + photo[at:]


def box_in(manifest: bytes) -> bytes:
    return manifest[12:]


def moved() -> Iterator[tuple[str, bytes]]:
    """Photos whose manifest of an AI action stands where it does not belong, or in pieces, or twice."""
    manifest, plain = parted(signed(digitalSourceType=BY_AI))
    by_camera = parted(signed())[0]
    by_camera = by_camera[:6] + b"\x00\x02" + by_camera[8:]
    yield "before the end marker", plain[:-2] + manifest + plain[-2:]
    yield "behind the end marker", plain + manifest
    yield "behind the end, as a bare box", plain + b"here: " + box_in(manifest)
    yield "in a comment", plain[:2] + segment(0xFE, box_in(manifest)) + plain[2:]
    yield "in another segment", plain[:2] + segment(0xE7, b"Mine\x00" + box_in(manifest)) + plain[2:]
    yield "beside a camera's", plain[:2] + by_camera + manifest + plain[2:]
    yield "behind a camera's own", signed() + manifest
    yield "without its last bytes", plain[:2] + segment(0xEB, manifest[4:-200]) + plain[2:]
    photo = signed(png(SMALL), media_type="image/png", digitalSourceType=BY_AI)
    start = photo.index(b"caBX") - 4
    end = start + 12 + int.from_bytes(photo[start : start + 4], "big")
    without, own = photo[:start] + photo[end:], photo[start:end]
    yield "PNG, before its end", without[:-12] + own + without[-12:]
    yield "PNG, behind its end", without + own
    yield "PNG, twice", photo[:start] + own + photo[start:]
    yield "PNG, as a text", png_with(itxt("manifest", own[8:-4]))
    webp = signed(saved(SMALL, "WEBP"), media_type="image/webp", digitalSourceType=BY_AI)
    yield "WebP, changed", webp[:60] + bytes([webp[60] ^ 1]) + webp[61:]


MOVED = dict(moved())


@pytest.mark.parametrize(("where", "photo"), MOVED.items(), ids=list(MOVED))
def test_what_a_manifest_claims_is_told_wherever_it_stands_and_beside_that_it_does_not_verify(
    where: str, photo: bytes
) -> None:
    report = examine(photo)
    assert (where, {one.state for one in found(report, "c2pa")} <= {"invalid", "stripped"}) == (where, True)
    assert all("trainedAlgorithmicMedia" in one.detail for one in found(report, "c2pa_ai"))
    assert (where, reading(report, "declared_ai")) == (where, True)


def test_a_moved_manifest_of_a_camera_declares_no_ai_and_names_its_signer() -> None:
    manifest, plain = parted(signed())
    report = examine(plain[:-2] + manifest + plain[-2:])
    assert (reading(report, "declared_ai"), reading(report, "label_invalid")) == (False, True)
    assert "signed by Test CA signer, made with Test camera" in found(report, "c2pa")[0].detail


@pytest.mark.parametrize("kind", ["digitalCapture", "computationalCapture", "algorithmicMedia"])
def test_a_camera_or_a_formula_is_no_ai(kind: str) -> None:
    report = examine(signed(digitalSourceType=SOURCE_TYPES + kind))
    assert found(report, "c2pa_ai") == []
    assert reading(report, "declared_ai") is False


def test_a_pointer_to_an_own_manifest_that_is_gone_is_a_trace() -> None:
    photo = jpeg_with(jpeg_xmp(packet(PROVENANCE.format("self#jumbf=/c2pa/urn:uuid:1/c2pa.claim"))))
    report = examine(photo)
    assert [finding.state for finding in found(report, "c2pa")] == ["stripped"]
    assert reading(report, "label_stripped") is True


def test_a_pointer_whose_manifest_is_there_is_no_trace() -> None:
    pointer = jpeg_with(jpeg_xmp(packet(PROVENANCE.format("self#jumbf=/c2pa/urn:uuid:1/c2pa.claim"))))
    assert [finding.state for finding in found(examine(signed(pointer)), "c2pa")] == ["present"]


@pytest.mark.parametrize("words", ["bought in Jingdezhen", ""])
def test_provenance_in_the_sense_of_collectors_is_no_trace(words: str) -> None:
    photo = jpeg_with(jpeg_xmp(packet(PROVENANCE.format(words))))
    assert [finding.state for finding in found(examine(photo), "c2pa")] == ["absent"]


def test_a_manifest_of_which_a_part_is_missing_is_stripped() -> None:
    box = b"\x00\x00\x20\x00jumb\x00\x00\x00\x1ejumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71\x03c2pa\x00"
    photo = jpeg_with(segment(0xEB, b"JP\x00\x01\x00\x00\x00\x01" + box))
    assert [finding.state for finding in found(examine(photo), "c2pa")] == ["stripped"]


def test_a_manifest_that_is_no_manifest_is_invalid() -> None:
    box = b"\x00\x00\x00\x18jumbc2pa" + bytes(12)
    report = examine(png_with(b"\x00\x00\x00\x18caBX" + box + b"\x00\x00\x00\x00"))
    assert [finding.state for finding in found(report, "c2pa")] == ["invalid"]


def test_other_jumbf_boxes_are_no_manifests() -> None:
    photo = jpeg_with(
        segment(0xEB, b"JP\x00\x01\x00\x00\x00\x01" + b"\x00\x00\x00\x20jumb" + b"\x00\x00\x00\x18jumdjson" + bytes(12))
    )
    assert [finding.state for finding in found(examine(photo), "c2pa")] == ["absent"]


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that only counts who comes."""
    callers: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def count() -> None:
            while True:
                try:
                    caller, address = server.accept()
                except OSError:
                    return
                callers.append(str(address))
                caller.close()

        thread = threading.Thread(target=count, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/manifest.c2pa", callers
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(5)


@pytest.mark.parametrize("embed", [False, True])
def test_a_manifest_kept_elsewhere_is_named_and_never_fetched(*, embed: bool) -> None:
    with listening() as (address, callers):
        report = examine(signed(remote=address, embed=embed), an_authority().anchors)
    assert callers == []
    if not embed:
        assert [finding.detail for finding in found(report, "c2pa_remote")] == [address]
        assert [finding.state for finding in found(report, "c2pa")] == ["absent"]


def test_the_library_left_to_itself_would_fetch_it() -> None:
    with listening() as (address, callers):
        photo = signed(remote=address, embed=False)
        with pytest.raises(c2pa.C2paError):
            c2pa.Reader("image/jpeg", io.BytesIO(photo), context=c2pa.Context())
    assert callers != []


def test_the_library_is_not_asked_about_photos_without_a_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        pytest.fail("the library was asked")

    monkeypatch.setattr(c2pa, "Reader", never)
    assert [finding.state for finding in found(examine(jpeg(SMALL)), "c2pa")] == ["absent"]


@pytest.mark.parametrize("draw", range(6))
def test_what_several_manifests_say_stands_in_one_order_whatever_order_the_library_gives(draw: int) -> None:
    said = {
        label: {"claim_generator": "a camera", "assertions": [{"label": "c2pa.actions", "data": {"actions": [action]}}]}
        for label in ("urn:a", "urn:b", "urn:c", "urn:d")
        for action in [{"action": f"c2pa.edited {label}", "digitalSourceType": "trainedAlgorithmicMedia"}]
    }
    labels = random.Random(draw).sample(sorted(said), len(said))  # noqa: S311 - no secret
    told = _judged({"active_manifest": "urn:c", "manifests": {label: said[label] for label in labels}})
    expected = ["urn:c", "urn:a", "urn:b", "urn:d"]
    assert told.actions == tuple(f"c2pa.edited {label} trainedAlgorithmicMedia" for label in expected)
