"""C2PA manifests: trusted, valid, invalid, gone; and nobody is asked over the network."""

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import c2pa
import pytest

from schemas.records import ProvenanceFinding
from streams.evidence.provenance.report import Report, examine
from tests.photos import jpeg, png, saved
from tests.unit.evidence.provenance.files import SMALL, jpeg_with, jpeg_xmp, packet, png_with, segment
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


def test_what_a_broken_manifest_says_of_ai_still_counts() -> None:
    photo = bytearray(signed(digitalSourceType=f"{SOURCE_TYPES}trainedAlgorithmicMedia"))
    photo[-40] ^= 1
    report = examine(bytes(photo))
    assert (reading(report, "declared_ai"), reading(report, "label_invalid")) == (True, True)


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
