"""The hidden label of GB 45438, wherever a file carries it."""

import json
from typing import Any

import pytest

from schemas.records import ProvenanceFinding
from streams.evidence.provenance.report import Report, examine
from tests.photos import a_picture, jpeg, png, saved
from tests.unit.evidence.provenance.files import (
    SMALL,
    TC260,
    a_label,
    an_mpo,
    extended_xmp,
    gif_comment,
    gif_with,
    gif_xmp,
    heic_with,
    itxt,
    jpeg_exif,
    jpeg_with,
    jpeg_xmp,
    labelled_attribute,
    labelled_packet,
    packet,
    png_with,
    segment,
    text_chunk,
    tiff_block,
    tiff_with,
    user_comment,
)

AIGC = f'{{"AIGC":{a_label()}}}'
UNDEFINED = bytes(8)


def label_of(photo: bytes) -> list[ProvenanceFinding]:
    return [finding for finding in examine(photo).findings if finding.kind == "gb45438"]


def states_of(photo: bytes) -> list[str]:
    return [finding.state for finding in label_of(photo)]


def reading(report: Report, name: str) -> object:
    return next(one.value for one in report.readings if one.name == name)


CARRIERS: dict[str, bytes] = {
    "jpeg, XMP element": jpeg_with(jpeg_xmp(labelled_packet())),
    "jpeg, XMP attribute": jpeg_with(jpeg_xmp(labelled_attribute())),
    "jpeg, another prefix": jpeg_with(jpeg_xmp(labelled_packet(prefix="ai"))),
    "jpeg, another prefix as attribute": jpeg_with(jpeg_xmp(labelled_attribute(prefix="q"))),
    "jpeg, XMP in UTF-16": jpeg_with(jpeg_xmp(labelled_packet().decode().partition("?>")[2].encode("utf-16"))),
    "jpeg, written by Pillow": jpeg(SMALL, xmp=labelled_packet()),
    "jpeg, CDATA": jpeg_with(
        jpeg_xmp(packet(f'xmlns:T="{TC260}"', f"<T:AIGC><![CDATA[{a_label()}]]></T:AIGC>")),
    ),
    "jpeg, in a list": jpeg_with(
        jpeg_xmp(packet(f'xmlns:T="{TC260}"', f"<T:AIGC><rdf:Bag><rdf:li>{a_label()}</rdf:li></rdf:Bag></T:AIGC>")),
    ),
    "jpeg, fields as elements": jpeg_with(
        jpeg_xmp(packet(f'xmlns:T="{TC260}"', '<T:AIGC rdf:parseType="Resource"><T:Label>1</T:Label></T:AIGC>')),
    ),
    "jpeg, fields as attributes": jpeg_with(
        jpeg_xmp(packet(f'xmlns:T="{TC260}"', '<T:AIGC><rdf:Description T:Label="1"/></T:AIGC>')),
    ),
    "jpeg, namespace without its slash": jpeg_with(jpeg_xmp(labelled_packet().replace(b"1.0/", b"1.0"))),
    "jpeg, extended XMP": jpeg_with(jpeg_xmp(packet()), extended_xmp(labelled_packet())),
    "jpeg, XMP after the picture data": jpeg_with(before_end=jpeg_xmp(labelled_packet())),
    "jpeg, second picture": an_mpo(jpeg_with(jpeg_xmp(labelled_packet()))),
    "jpeg, comment in ASCII": jpeg_with(jpeg_exif(user_comment(AIGC))),
    "jpeg, comment without a code": jpeg_with(jpeg_exif(user_comment(AIGC, b""))),
    "jpeg, comment of undefined code": jpeg_with(jpeg_exif(user_comment(AIGC, UNDEFINED))),
    "jpeg, comment in UTF-16 little": jpeg_with(jpeg_exif(user_comment(AIGC, b"UNICODE\x00", "utf-16-le"))),
    "jpeg, comment in UTF-16 big": jpeg_with(jpeg_exif(user_comment(AIGC, b"UNICODE\x00", "utf-16-be", order=">"))),
    "jpeg, comment in the other order": jpeg_with(jpeg_exif(user_comment(AIGC, b"UNICODE\x00", "utf-16-be"))),
    "jpeg, comment in UTF-16 with a mark": jpeg_with(jpeg_exif(user_comment(AIGC, b"UNICODE\x00", "utf-16"))),
    "jpeg, UTF-8 said to be UTF-16": jpeg_with(jpeg_exif(user_comment(AIGC, b"UNICODE\x00"))),
    "jpeg, comment in JIS": jpeg_with(
        jpeg_exif(user_comment(f'{{"AIGC":{a_label(ContentProducer="東京")}}}', b"JIS".ljust(8, b"\x00"), "iso2022_jp"))
    ),
    "jpeg, the object alone in the comment": jpeg_with(jpeg_exif(user_comment(a_label()))),
    "jpeg, the object as a text": jpeg_with(jpeg_exif(user_comment(json.dumps({"AIGC": a_label()})))),
    "jpeg, image description": jpeg_with(jpeg_exif(tiff_block({0x010E: AIGC.encode()}))),
    "jpeg, Windows comment": jpeg_with(jpeg_exif(tiff_block({0x9C9C: AIGC.encode("utf-16-le")}))),
    "jpeg, bare in APP11": jpeg_with(segment(0xEB, b"AIGC" + a_label().encode())),
    "jpeg, bare in APP1": jpeg_with(segment(0xE1, b"AIGC\x00" + AIGC.encode())),
    "jpeg, bare in APP4 after other bytes": jpeg_with(
        segment(0xE4, b"\x89\x00\x01AIGC" + a_label().encode() + b"\x00")
    ),
    "jpeg, bare in a comment": jpeg_with(segment(0xFE, b"AIGC" + a_label().encode())),
    "jpeg, after its end": jpeg_with(after=b"AIGC" + a_label().encode()),
    "png, XMP": png_with(itxt("XML:com.adobe.xmp", labelled_packet())),
    "png, XMP packed": png_with(itxt("XML:com.adobe.xmp", labelled_packet(), packed=True)),
    "png, XMP after the picture data": png_with(itxt("XML:com.adobe.xmp", labelled_attribute()), late=True),
    "png, tEXt": png_with(text_chunk("AIGC", a_label())),
    "png, tEXt with the outer name": png_with(text_chunk("AIGC", AIGC)),
    "png, tEXt after the picture data": png_with(text_chunk("AIGC", a_label()), late=True),
    "png, zTXt": png_with(text_chunk("AIGC", a_label(), packed=True)),
    "png, iTXt": png_with(itxt("AIGC", a_label().encode())),
    "png, EXIF": png(SMALL, exif=b"Exif\x00\x00" + user_comment(AIGC)),
    "png, ImageMagick's profile": png_with(
        text_chunk(
            "Raw profile type xmp", f"\nxmp\n {len(labelled_packet())}\n{labelled_packet().hex()}\n", packed=True
        )
    ),
    "webp, XMP": saved(SMALL, "WEBP", xmp=labelled_packet()),
    "webp, EXIF": saved(SMALL, "WEBP", exif=b"Exif\x00\x00" + user_comment(AIGC)),
    "gif, XMP": gif_with(gif_xmp(labelled_packet())),
    "gif, comment": gif_with(gif_comment(AIGC.encode())),
    "tiff, XMP": tiff_with({0x02BC: labelled_packet()}),
    "tiff, big": tiff_block({0x02BC: labelled_packet()}, big=True),
    "tiff, big, other order": tiff_block({0x02BC: labelled_packet()}, order=">", big=True),
    "tiff, EXIF": user_comment(AIGC, order=">"),
    "heic, XMP": heic_with(xmp=labelled_packet()),
    "heic, EXIF": heic_with(exif=b"Exif\x00\x00" + user_comment(AIGC)),
    "avif, XMP": saved(SMALL, "AVIF", xmp=labelled_packet()),
    "avif, EXIF": saved(SMALL, "AVIF", exif=user_comment(AIGC)),
}


@pytest.mark.parametrize("photo", CARRIERS.values(), ids=CARRIERS.keys())
def test_the_label_is_read_wherever_it_stands(photo: bytes) -> None:
    report = examine(photo)
    assert [finding.state for finding in report.findings if finding.kind == "gb45438"] == ["present"]
    assert reading(report, "declared_ai") is True
    assert (reading(report, "label_invalid"), reading(report, "label_stripped")) == (False, False)


def in_xmp(text: str) -> bytes:
    return jpeg_with(jpeg_xmp(labelled_packet(text)))


@pytest.mark.parametrize(
    ("label", "meaning"),
    [("1", "AI-generated"), ("2", "may be AI-generated"), ("3", "suspected to be AI-generated"), (1, "AI-generated")],
)
def test_the_label_says_whether_it_is_may_be_or_is_suspected_to_be_by_ai(label: object, meaning: str) -> None:
    (finding,) = label_of(in_xmp(a_label(Label=label)))
    assert finding.detail == f'Label {label} ({meaning}); ContentProducer "豆包"; in XMP'


@pytest.mark.parametrize(
    "changes",
    [
        {"ReservedCode1": None, "ReservedCode2": None, "PropagateID": None, "ContentPropagator": None},
        {"ContentProducer": None},
        {"ProduceID": 17},
        {"Label": 3.0},
        {"Label": " 2 "},
        {"ReservedCode1": {"sign": ["x"]}},
        {"Extension": "kept by nobody"},
    ],
)
def test_a_label_is_read_leniently(changes: dict[str, Any]) -> None:
    assert states_of(in_xmp(a_label(**changes))) == ["present"]


@pytest.mark.parametrize(
    "text",
    [
        a_label(Label="4"),
        a_label(Label="0"),
        a_label(Label=""),
        a_label(Label=None),
        a_label(Label=True),
        a_label(Label=["1"]),
        a_label()[:-1],
        '{"Label":"1","Label":"2"}',
        "[1]",
        "豆包",
        '{"Label":' * 400,
        '{"AIGC":{"Label":{"Label":{"Label":{"Label":"1"}}}}}',
    ],
)
def test_a_label_that_cannot_be_read_or_is_out_of_range_is_invalid_and_declares_nothing(text: str) -> None:
    report = examine(in_xmp(text))
    assert [finding.state for finding in report.findings if finding.kind == "gb45438"] == ["invalid"]
    assert (reading(report, "label_invalid"), reading(report, "declared_ai")) == (True, False)


@pytest.mark.parametrize(
    "photo",
    [
        in_xmp(""),
        in_xmp("{}"),
        in_xmp('{"AIGC":{}}'),
        in_xmp('{"AIGC":""}'),
        in_xmp(json.dumps(dict.fromkeys(json.loads(a_label()), ""))),
        jpeg_with(jpeg_xmp(packet(f'xmlns:T="{TC260}"'))),
        jpeg_with(jpeg_xmp(packet(f'xmlns:T="{TC260}" T:AIGC=""'))),
        jpeg_with(jpeg_exif(user_comment('{"AIGC":{}}'))),
        png_with(text_chunk("AIGC", "")),
    ],
)
def test_an_emptied_label_or_its_bare_namespace_is_stripped(photo: bytes) -> None:
    report = examine(photo)
    assert [finding.state for finding in report.findings if finding.kind == "gb45438"] == ["stripped"]
    assert (reading(report, "label_stripped"), reading(report, "declared_ai")) == (True, False)


@pytest.mark.parametrize(
    "photo",
    [
        jpeg(SMALL),
        jpeg(a_picture(3)),
        png(SMALL),
        jpeg_with(jpeg_xmp(packet())),
        jpeg_with(jpeg_exif(user_comment("made with AIGC tools"))),
        jpeg_with(jpeg_exif(user_comment('{"Label":"1"}'))),
        jpeg_with(segment(0xFE, b"AIGC is a word")),
        png_with(text_chunk("Comment", "{}")),
    ],
)
def test_a_file_without_a_label_has_none(photo: bytes) -> None:
    assert states_of(photo) == ["absent"]


@pytest.mark.parametrize(
    "changes", [{"Label": "2"}, {"ContentProducer": "即梦"}, {"ProduceID": "p-2"}], ids=lambda c: next(iter(c))
)
def test_two_labels_that_disagree_are_present_and_invalid(changes: dict[str, Any]) -> None:
    other = f'{{"AIGC":{a_label(**changes)}}}'
    photo = jpeg_with(jpeg_xmp(labelled_packet()), jpeg_exif(user_comment(other)))
    present, invalid = label_of(photo)
    assert (present.state, invalid.state) == ("present", "invalid")
    assert next(iter(changes)) in invalid.detail
    assert {"XMP", "EXIF"} <= set(invalid.detail.split())


def test_a_label_that_is_there_twice_and_one_time_shorter_is_no_contradiction() -> None:
    short = f'{{"AIGC":{a_label(ContentProducer=None, ProduceID=None)}}}'
    (finding,) = label_of(jpeg_with(jpeg_xmp(labelled_packet()), jpeg_exif(user_comment(short))))
    assert finding.detail.endswith("in XMP, EXIF")


@pytest.mark.parametrize("far", [0, 4_096, 4_096 + 131_072, 4_096 + 2 * 131_072])
@pytest.mark.parametrize("filling", [b"\x00", b"\xff\x00", b"\xff\xd3", b"\xff"])
def test_a_label_is_found_however_much_of_the_picture_stands_before_it(far: int, filling: bytes) -> None:
    plain = jpeg_with()
    scan = len(plain) - plain.index(b"\xff\xda") - 16  # after its header, up to the end of the picture
    for near in range(-4, 5):
        more = max(0, far + near - scan)
        photo = jpeg_with(before_end=(filling * more)[:more] + jpeg_xmp(labelled_packet()))
        assert states_of(photo) == ["present"]


@pytest.mark.parametrize("head", ['<!DOCTYPE x [<!ENTITY a "b">]>', "<!DOCTYPE x>", '<!DOCTYPE x SYSTEM "file:///x">'])
def test_document_types_and_entities_are_refused(head: str) -> None:
    photo = jpeg_with(jpeg_xmp(labelled_packet().replace(b"?><x:", b"?>" + head.encode() + b"<x:", 1)))
    (finding,) = label_of(photo)
    assert (finding.state, "document type" in finding.detail) == ("invalid", True)


def test_what_a_file_says_is_shown_short_and_harmless() -> None:
    hostile = "\x1b[31m\u202e\ud800\n" + "x" * 5_000
    (finding,) = label_of(in_xmp(json.dumps(json.loads(a_label()) | {"ContentProducer": hostile})))
    assert finding.detail.isprintable()
    assert len(finding.detail) <= 200
