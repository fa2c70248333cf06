"""A package stands on its own: the same bytes each time, and whatever was changed in it is named; on both databases."""

import hashlib
import io
import json
import string
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files as files_of
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fontTools.subset import Subsetter  # type: ignore[import-untyped] # fontTools brings no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped] # the same
from rfc3161_client import TimestampRequestBuilder
from sqlalchemy import Engine
from typer.testing import CliRunner

from schemas.records import Comparison, EvidenceGathered, MediumEvidence, Reading
from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.sql.cases.erasures import SqlErasureRecords
from streams.adapters.sql.package_records import SqlPackageRecords
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.uptime_log import SqlUptimeLog
from streams.adapters.storage.objects import open_objects
from streams.adapters.storage.photo_erasure import PhotoEraser
from streams.adapters.time_authority import HttpTimeAuthority, Rfc3161Check, roots_of
from streams.cases.acts import AuditAct
from streams.cases.audit import EntryContent, entry_after
from streams.cases.record.erasure import Needs
from streams.cases.reviewing.withholding import WITHHELD
from streams.cases.sent_evidence import SentMedium
from streams.casework.package.contents import Asked, Made
from streams.casework.package.export import Exporter
from streams.casework.package.pdf import SIMPLIFIED, a_font
from streams.casework.package.ports import Audience, Spell, SpellEvent
from streams.casework.package.verification import by_openssl, lines, verify
from streams.casework.record.erasure import Erasure
from streams.cli.evidence import app, by_rfc3161
from streams.errors import AuditBroken, CaseChanged, Invalid
from streams.policy.question import StoredPolicy
from tests.builders import a_claim_medium, a_medium_evidence, a_request, an_evidence, with_changes
from tests.contract.judging import NOW_MS, a_policy, some_evidence, suspecting
from tests.contract.sql import Database
from tests.contract.test_erasing import Log as Buried
from tests.photos import a_picture, jpeg
from tests.real import parts
from tests.real.time_authority import TimeAuthority, serving

CLAIM, REFERENCE = b"\xff\xd8\xff" + b"the buyer's photo" * 99, b"\x89PNG" + b"the merchant's" * 99


class Shelf:
    """The evidence store of a test."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def pieces(self, key: str) -> Iterable[bytes] | None:
        content = self.kept.get(key)
        return None if content is None else iter([content[:7], content[7:]])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeAuthority]:
    parts.need("a time authority (openssl)")
    with serving(TimeAuthority(tmp_path_factory.mktemp("authority"))) as made:
        yield made


@pytest.fixture(scope="module")
def light_font(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """This machine's Chinese font with the signs of our own texts alone: of all 65,000 each PDF takes seconds."""
    whole = a_font()
    if whole is None:
        return None
    path = tmp_path_factory.mktemp("font") / "chinese.otf"
    tables = files_of("streams.wording").iterdir()
    said = "".join(one.read_text(encoding="utf-8") for one in tables if one.name.endswith(".yaml"))
    with TTFont(whole, fontNumber=SIMPLIFIED if "CJK" in whole.name else -1) as font:
        subsetter = Subsetter()
        subsetter.populate(text=said + string.printable)
        subsetter.subset(font)
        font.save(path)
    return path


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def with_photos(evidence: EvidenceGathered, shelf: Shelf) -> Any:
    """Return the evidence as of real photos, which are on the shelf, with a picture of both."""
    media = []
    for medium in [*evidence.media, a_medium_evidence("r1", role="reference")]:
        content = CLAIM if medium.role == "claim" else REFERENCE
        digest = hashlib.sha256(content).hexdigest()
        shelf.kept[f"blobs/{digest}"] = content
        changes: dict[str, Any] = {"sha256": digest, "stored": f"blobs/{digest}", "size_bytes": len(content)}
        if medium.role == "claim":
            shelf.kept["overlays/c1/r1"] = jpeg(a_picture(width=320, height=240))
            reading = Reading(name="altered_fraction", value=0.031, unit="share of area")
            changes["comparisons"] = [Comparison(reference_id="r1", readings=[reading], overlay="overlays/c1/r1")]
        media.append(with_changes(medium, **changes))
    return with_changes(evidence, media=media)


@pytest.fixture
def case(database: Database, shelf: Shelf) -> str:
    """A case with a statement on it."""
    text = a_policy().text
    right = StoredPolicy(name="default", sha256=hashlib.sha256(text.encode()).hexdigest(), text=text)
    PolicyStore(database.engine).activate(right, NOW_MS, "chen.yu")
    [decision] = database.decide(suspecting("rr-1"), with_photos(some_evidence("rr-1"), shelf))
    case_id = str(decision.case_id)
    said = AuditAct(by="m-1", note="出库时完好 <b>", at_ms=NOW_MS + 1_000)
    database.hearings.state(case_id, said, "merchant")
    return case_id


Export = Callable[..., tuple[Made, bytes]]


@pytest.fixture
def export(database: Database, engine: Engine, shelf: Shelf, case: str) -> Export:
    def one(
        audience: Audience = "police",
        authority: TimeAuthority | None = None,
        font: Path | None = None,
        case: str = case,
    ) -> tuple[Made, bytes]:
        roots = None if authority is None else authority.roots
        check = Rfc3161Check(roots_of(roots))
        exporter = Exporter(
            records=SqlPackageRecords(engine),
            seals=SqlAuditSeals(engine),
            originals=shelf,
            authority=None if authority is None else HttpTimeAuthority(authority.url, check),
        )
        asked = Asked(
            found=database.cases.show(case),
            audience=audience,
            version="1.2.3",
            font=font,
            roots=None if roots is None else roots.read_bytes(),
        )
        to = io.BytesIO()
        return exporter.export(asked, to, "local:lin.wei", NOW_MS + 5_000), to.getvalue()

    return one


def test_an_entry_that_the_trail_does_not_have_is_told_and_not_sealed_for_ever(
    database: Database, engine: Engine, shelf: Shelf, case: str
) -> None:
    found = database.cases.show(case)
    content = EntryContent(at_ms=NOW_MS, actor="m-1", action="STATEMENT_MADE", payload=b"{}")
    audit = (*found.audit, entry_after(found.audit[-1], case, content, b"s" * 16))
    asked = Asked(found=replace(found, audit=audit), audience="police", version="1", font=None, roots=None)
    exporter = Exporter(records=SqlPackageRecords(engine), seals=SqlAuditSeals(engine), originals=shelf)

    with pytest.raises(AuditBroken, match=f"entry {audit[-1].seq} of case {case}"):
        exporter.export(asked, io.BytesIO(), "local:lin.wei", NOW_MS)


def files(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: Mapping[str, bytes], to: Path) -> Path:
    with zipfile.ZipFile(to, "w") as archive:
        for name, one in content.items():
            archive.writestr(name, one)
    return to


def looked(file: Path, roots: bytes | None = None) -> tuple[dict[str, str], dict[str, Any]]:
    found = verify(file, by_rfc3161, roots)
    return {one["path"]: one["status"] for one in found["files"]}, found


def test_originals_are_in_it_byte_for_byte_and_everything_leads_to_the_stamp(
    export: Export, authority: TimeAuthority, tmp_path: Path
) -> None:
    made, package = export(authority=authority)

    content = files(package)
    assert content["originals/claim/c1.jpg"] == CLAIM
    assert content["originals/reference/r1.png"] == REFERENCE
    (tmp_path / "p.zip").write_bytes(package)
    status, found = looked(tmp_path / "p.zip")
    assert set(status.values()) == {"unchanged"}, found
    assert (found["ok"], found["stamped"], made.stamped) == (True, True, True)
    assert found["list_sha256"] == made.list_sha256
    assert found["not_kept"] == []
    assert {"index.html", "repeat.sh", "verify.py"} <= set(found["by_list_alone"])
    assert not [name for name in found["by_list_alone"] if name.startswith(("originals/", "evidence", "decision"))]
    for name in ("evidence.json", "decision.json", "policy.yaml", "proof/chain.json", "proof/roots.pem", "repeat.sh"):
        assert name in status
    page = content["index.html"].decode()
    assert "电子数据清单" in page
    assert hashlib.sha256(CLAIM).hexdigest() in page
    assert "出库时完好 &lt;b&gt;" in page
    assert "<script" not in page
    told = {unit for unit in ("share of area", "probability", "absent", ">system<") if unit in page}
    assert not told, "a page in Chinese has Chinese units, and words instead of codes"


def test_photos_whose_ids_differ_in_one_sign_are_files_of_their_own(
    export: Export, database: Database, shelf: Shelf, tmp_path: Path
) -> None:
    media = []
    for name in ("c:1", "c_1", "c.1"):
        content = b"\xff\xd8\xff" + name.encode()
        digest = hashlib.sha256(content).hexdigest()
        shelf.kept[f"blobs/{digest}"] = content
        media.append(a_medium_evidence(name, sha256=digest, stored=f"blobs/{digest}"))
    evidence = some_evidence("rr-2", claim_media=[a_claim_medium(one.media_id) for one in media])
    [decision] = database.decide(suspecting("rr-2"), with_changes(evidence, media=media))

    _, package = export(case=str(decision.case_id))

    photos = [content for name, content in files(package).items() if name.startswith("originals/")]
    assert sorted(photos) == [b"\xff\xd8\xffc.1", b"\xff\xd8\xffc:1", b"\xff\xd8\xffc_1"]
    (tmp_path / "p.zip").write_bytes(package)
    assert set(looked(tmp_path / "p.zip")[0].values()) == {"unchanged", "not stamped"}


def test_the_same_version_of_a_case_as_of_the_same_seal_is_the_same_bytes(
    export: Export, authority: TimeAuthority
) -> None:
    first, second = export(authority=authority), export(authority=authority)

    assert first == second
    assert export("court", authority)[1] != first[1]


def test_the_page_is_a_pdf_too_where_there_is_a_chinese_font(export: Export) -> None:
    font = a_font()
    if font is None:
        assert "PDF" in files(export()[1])["NO-PDF.txt"].decode()
        return
    first, second = export(font=font), export(font=font)

    assert first == second
    assert files(first[1])["index.pdf"].startswith(b"%PDF-")
    assert first[0].pdf


def test_signs_that_nobody_sees_are_named_on_the_page_and_kept_in_the_trail(
    export: Export, database: Database, case: str
) -> None:
    said = AuditAct(by="m-1", note="退款\u202e009\u202c元\u200b整 ✓", at_ms=NOW_MS + 2_000)
    database.hearings.state(case, said, "merchant")

    content = files(export()[1])

    page = content["index.html"].decode()
    assert "退款〔U+202E〕009〔U+202C〕元〔U+200B〕整 ✓" in page
    assert "\u202e" not in page
    assert any(
        entry["payload"] and said.note in entry["payload"]
        for entry in json.loads(content["proof/chain.json"])["entries"]
    )


def rewritten(content: dict[str, bytes], path: str) -> dict[str, bytes]:
    """Return the package with another photo under ``path``, and a list that names it."""
    other = b"\xff\xd8\xff another photo"
    listed = json.loads(content["manifest.json"])
    for one in listed["files"]:
        if one["path"] == path:
            one |= {"sha256": hashlib.sha256(other).hexdigest(), "bytes": len(other)}
    return content | {path: other, "manifest.json": json.dumps(listed).encode()}


def without(content: dict[str, bytes], path: str) -> dict[str, bytes]:
    return {name: one for name, one in content.items() if name != path}


def listing(
    content: dict[str, bytes], change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
) -> dict[str, bytes]:
    """Return the package with a list that fits what is in it, after ``change`` of its lines."""
    listed = json.loads(content["manifest.json"])
    lines = [one for one in listed["files"] if one["path"] in content]
    for one in lines:
        one |= {"sha256": hashlib.sha256(content[one["path"]]).hexdigest(), "bytes": len(content[one["path"]])}
    return content | {"manifest.json": json.dumps(listed | {"files": change(lines)}).encode()}


def as_it_is(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return lines


def of_no_medium(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines without what photo each file is."""
    return [{name: value for name, value in one.items() if name != "medium"} for one in lines]


def with_first_words_erased(content: dict[str, bytes]) -> dict[str, bytes]:
    """Return the package as if the person had been erased: so nothing says what was looked at."""
    chain = json.loads(content["proof/chain.json"])
    chain["entries"][0] |= {"payload": None, "salt": None}
    media = content["media.json"].replace(hashlib.sha256(CLAIM).hexdigest().encode(), b"0" * 64)
    return content | {"proof/chain.json": json.dumps(chain).encode(), "media.json": media, PHOTO: CLAIM + b"!"}


def naming_no_stamp(content: dict[str, bytes]) -> dict[str, bytes]:
    chain = json.loads(content["proof/chain.json"]) | {"stamp": None}
    return content | {"proof/chain.json": json.dumps(chain).encode()}


PHOTO = "originals/claim/c1.jpg"
SAME = {"sha256": hashlib.sha256(CLAIM).hexdigest(), "bytes": len(CLAIM)}
TAMPERED: dict[str, tuple[Callable[[dict[str, bytes]], dict[str, bytes]], str, str]] = {
    "a photo changed": (lambda c: c | {PHOTO: CLAIM[:-1] + b"!"}, PHOTO, "altered"),
    "a photo taken out": (lambda c: without(c, PHOTO), PHOTO, "missing"),
    "a photo put in": (lambda c: c | {"originals/claim/c2.jpg": CLAIM}, "originals/claim/c2.jpg", "added"),
    "a photo changed together with the list": (lambda c: rewritten(c, PHOTO), PHOTO, "altered"),
    "who did it changed": (
        lambda c: c | {"proof/chain.json": c["proof/chain.json"].replace(b'"m-1"', b'"m-2"')},
        "proof/chain.json",
        "altered",
    ),
    "what was measured changed": (
        lambda c: c | {"evidence.json": c["evidence.json"].replace(b"0.031", b"0.001")},
        "evidence.json",
        "altered",
    ),
    "the case named otherwise": (
        lambda c: c | {"manifest.json": c["manifest.json"].replace(b'"case_id": "c-', b'"case_id": "d-')},
        "manifest.json",
        "altered",
    ),
    "the stamp taken out": (lambda c: without(c, "proof/stamp.tsr"), PHOTO, "not stamped"),
    "a photo changed, and the list no longer says which it is": (
        lambda c: listing(c | {PHOTO: CLAIM + b"!"}, of_no_medium),
        PHOTO,
        "altered",
    ),
    "a photo put in and listed": (
        lambda c: listing(
            c | {"originals/claim/c2.jpg": CLAIM}, lambda lines: [*lines, {"path": "originals/claim/c2.jpg"} | SAME]
        ),
        "originals/claim/c2.jpg",
        "altered",
    ),
    "a photo taken out of the list too": (
        lambda c: listing(without(c, PHOTO), as_it_is),
        "originals/claim/c1",
        "missing",
    ),
    "the decision taken out of the list too": (
        lambda c: listing(without(c, "decision.json"), as_it_is),
        "decision.json",
        "missing",
    ),
    "the stamp taken out of the list too": (
        lambda c: listing(without(c, "proof/stamp.tsr"), as_it_is),
        "proof/stamp.tsr",
        "missing",
    ),
    "the chain naming no stamp any more": (
        lambda c: listing(naming_no_stamp(c), as_it_is),
        "proof/stamp.tsr",
        "altered",
    ),
    "the stamp emptied": (lambda c: listing(c | {"proof/stamp.tsr": b""}, as_it_is), "proof/stamp.tsr", "altered"),
    "what says which photo it was taken away as if it were erased": (
        lambda c: listing(with_first_words_erased(c), as_it_is),
        PHOTO,
        "altered",
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_whatever_is_changed_in_a_package_is_named(
    how: str, export: Export, authority: TimeAuthority, tmp_path: Path
) -> None:
    tamper, name, expected = TAMPERED[how]
    content = tamper(files(export(authority=authority)[1]))

    status, found = looked(packed(content, tmp_path / "tampered.zip"))

    assert status[name] == expected
    assert not found["ok"]


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b"null", b'{"files": 1}', b'{"files": [1, {"path": []}]}', b'{"files": [{"path": "x"}]}', b"\xff"],
)
def test_a_list_or_chain_that_is_none_is_named(content: bytes, export: Export, tmp_path: Path) -> None:
    package = files(export()[1])
    for name in ("manifest.json", "proof/chain.json", "media.json"):
        status, found = looked(packed(package | {name: content}, tmp_path / "p.zip"))
        assert (status[name], found["ok"]) == ("altered", False)


def test_a_byte_that_was_changed_inside_the_archive_is_named_whatever_file_it_is_in(
    export: Export, tmp_path: Path
) -> None:
    package = export()[1]
    for name in ("proof/chain.json", "manifest.json", PHOTO):
        content = files(package)[name]
        at = package.index(content) + len(content) // 2
        (tmp_path / "p.zip").write_bytes(package[:at] + bytes([package[at] ^ 1]) + package[at + 1 :])
        assert looked(tmp_path / "p.zip")[0][name] == "altered"


def test_the_stamp_of_another_authority_is_no_stamp(export: Export, authority: TimeAuthority, tmp_path: Path) -> None:
    another = TimeAuthority(tmp_path / "another")
    (tmp_path / "p.zip").write_bytes(export(authority=authority)[1])

    status, found = looked(tmp_path / "p.zip", another.roots.read_bytes())

    assert status[PHOTO] == "not stamped"
    assert "root certificates" in found["stamp"]
    assert found["ok"]


@pytest.mark.parametrize("check", [by_rfc3161, by_openssl])
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_stamp_that_was_changed_is_altered_even_where_the_list_and_the_roots_were_fitted(
    check: Callable[[bytes, bytes, bytes | None], str | None], export: Export, authority: TimeAuthority, tmp_path: Path
) -> None:
    content, draw = files(export(authority=authority)[1]), Random(3)  # noqa: S311 - no secret
    stamp = content["proof/stamp.tsr"]
    another = authority.answer(TimestampRequestBuilder().data(b"another head").build().as_bytes())
    cut = [stamp[: draw.randrange(len(stamp))] for _ in range(3)]
    flipped = [stamp[:at] + bytes([stamp[at] ^ 1]) + stamp[at + 1 :] for at in draw.sample(range(len(stamp)), 40)]
    roots = TimeAuthority(tmp_path / "another").roots.read_bytes()
    altered = 0
    for number, one in enumerate([another, *cut, *flipped]):
        with_roots = {"proof/roots.pem": roots} if number % 2 else {}
        file = packed(listing(content | {"proof/stamp.tsr": one} | with_roots, as_it_is), tmp_path / "p.zip")
        covered = not verify(file, check, authority.roots.read_bytes())["stamped"]
        [status] = [one["status"] for one in verify(file, check)["files"] if one["path"] == "proof/stamp.tsr"]
        assert status == ("altered" if covered else "unchanged"), "what no signature covers changes nothing"
        altered += covered

    assert altered > len(flipped)


@pytest.mark.parametrize(
    ("how", "named"),
    {
        "comment": "a comment",
        "deflated": "packed anew",
        "reversed": "another order",
        "link": "a link",
        "before": "bytes before",
        "after": "bytes after",
        "dated": "packed anew",
    }.items(),
)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_archive_that_was_packed_anew_is_told_though_each_file_is_as_it_was(
    how: str, named: str, export: Export, tmp_path: Path
) -> None:
    package, file = export()[1], tmp_path / "p.zip"
    assert not lines_on_the_archive(verify_bytes(package, file))
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        infos = [(info, archive.read(info)) for info in archive.infolist()]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED if how == "deflated" else zipfile.ZIP_STORED) as archive:
        archive.comment = b"x" if how == "comment" else b""
        for info, content in reversed(infos) if how == "reversed" else infos:
            info.external_attr = 0o120777 << 16 if how == "link" and info.filename == PHOTO else info.external_attr
            info.date_time = (2026, 1, 1, 0, 0, 0) if how == "dated" else info.date_time
            archive.writestr(info, content, zipfile.ZIP_DEFLATED if how == "deflated" else zipfile.ZIP_STORED)
    around = {"before": b"MZ" + made.getvalue(), "after": made.getvalue() + b"\x00" * 9}
    found = verify_bytes(around.get(how, made.getvalue()), file)

    assert found["ok"]
    assert any(named in line for line in lines_on_the_archive(found))


def verify_bytes(package: bytes, to: Path) -> dict[str, Any]:
    to.write_bytes(package)
    return verify(to, by_rfc3161)


def lines_on_the_archive(found: dict[str, Any]) -> list[str]:
    return [line for line in lines(found) if line.startswith("archive: ")]


def test_a_package_verifies_by_the_program_in_it_without_this_one(
    export: Export, authority: TimeAuthority, tmp_path: Path
) -> None:
    package = export(authority=authority)[1]
    (tmp_path / "p.zip").write_bytes(package)
    (tmp_path / "verify.py").write_bytes(files(package)["verify.py"])
    command = [sys.executable, "-I", "-S", "verify.py", "p.zip", "--json"]  # no package of this environment is seen

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["ok"], found["stamped"]) == (True, True)
    packed(without(files(package), PHOTO), tmp_path / "p.zip")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1


def test_the_program_in_a_package_says_in_a_line_what_is_no_package(export: Export, tmp_path: Path) -> None:
    package = export()[1]
    (tmp_path / "verify.py").write_bytes(files(package)["verify.py"])
    for content in (package + b"PK\x05\x06" * 3, package[: len(package) // 2], b""):
        (tmp_path / "p.zip").write_bytes(content)
        command = [sys.executable, "-I", "-S", "verify.py", "p.zip"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
        assert "no package" in done.stderr


def test_a_package_that_is_cut_to_what_a_provider_gets_says_for_whom_it_is(export: Export, tmp_path: Path) -> None:
    """Who changes the list, too, can leave out what a provider is not given: then it is told that it is for one."""
    package = files(export()[1])
    cut = {name: one for name, one in package.items() if "reference" not in name and name != "evidence.json"}
    listed = json.loads(cut["manifest.json"]) | {"audience": "ai-provider"}
    cut = listing(cut | {"manifest.json": json.dumps(listed).encode()}, as_it_is)

    found = looked(packed(cut, tmp_path / "p.zip"))[1]
    whole = looked(packed(package, tmp_path / "p.zip"))[1]

    assert (found["audience"], whole["audience"]) == ("ai-provider", "police")
    assert [line for line in lines(found) if line.startswith("made for: ai-provider (all but the claim's photos")]
    assert "made for: police" in lines(whole)


def test_without_an_authority_nothing_is_stamped_and_all_else_holds(export: Export, tmp_path: Path) -> None:
    made, package = export()
    (tmp_path / "p.zip").write_bytes(package)

    status, found = looked(tmp_path / "p.zip")

    assert not made.stamped
    assert (status[PHOTO], status["index.html"], found["ok"]) == ("not stamped", "unchanged", True)


def test_an_ai_provider_gets_the_claims_photos_and_nothing_of_the_parties(
    export: Export, authority: TimeAuthority, tmp_path: Path
) -> None:
    package = export("ai-provider", authority)[1]

    content = files(package)
    (tmp_path / "p.zip").write_bytes(package)
    assert looked(tmp_path / "p.zip")[1]["stamped"]
    assert content[PHOTO] == CLAIM
    assert not [name for name in content if "reference" in name or name in {"evidence.json", "decision.json"}]
    for party in (b"b-1", b"m-1", b"o-1"):
        assert not [name for name in ("index.html", "media.json") if party in content[name]]
    entries = json.loads(content["proof/chain.json"])["entries"]
    assert [entry["payload"] is None for entry in entries] == [False, True]
    assert "出库时完好" not in b"".join(content.values()).decode(errors="replace")


def test_photos_that_were_erased_are_told_and_the_rest_is_exported(
    export: Export, shelf: Shelf, database: Database, tmp_path: Path
) -> None:
    database.change("DELETE FROM case_evidence")
    shelf.kept.clear()

    made, package = export()

    (tmp_path / "p.zip").write_bytes(package)
    assert looked(tmp_path / "p.zip")[1]["ok"]
    assert made.missing == ("media.json", "evidence.json")
    assert made.unread == frozenset()
    assert looked(tmp_path / "p.zip")[1]["not_kept"] == ["evidence.json", "media.json"]
    assert "未保存" in files(package)["index.html"].decode()


def test_while_a_verdict_is_withheld_nothing_is_exported(
    export: Export, database: Database, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = database.cases.show(case)
    withheld = with_withheld(found)
    monkeypatch.setattr(database.cases, "show", lambda _name: withheld)

    with pytest.raises(Invalid, match="another person"):
        export()


def test_a_case_that_went_on_while_it_was_exported_is_exported_again(
    export: Export, database: Database, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = database.cases.show(case)
    database.hearings.state(case, AuditAct(by="b-1", note="it came broken", at_ms=NOW_MS + 2_000), "buyer")
    with monkeypatch.context() as read_before:
        read_before.setattr(database.cases, "show", lambda _name: found)
        with pytest.raises(CaseChanged, match="export it again"):
            export()

    made, package = export()
    entries = json.loads(files(package)["proof/chain.json"])["entries"]
    assert (made.missing, [one["action"] for one in entries][-1]) == ((), "STATEMENT_MADE")


class ErasedMeanwhile(Shelf):
    """A store from which a person is erased, and from the database, while a package reads it for the nth time."""

    def __init__(self, shelf: Shelf, erase: Callable[[], None], at: int) -> None:
        self.kept = shelf.kept
        self._erase = erase
        self._at = at
        self.read = 0

    def pieces(self, key: str) -> Iterable[bytes] | None:
        self.read += 1
        if self.read == self._at:
            self._erase()
        return super().pieces(key)


@pytest.mark.parametrize("at", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("finished", [True, False], ids=["finished", "photos alone so far"])
def test_a_package_of_somebody_who_is_erased_meanwhile_is_not_made(  # noqa: PLR0913 - its fixtures
    database: Database, shelf: Shelf, case: str, light_font: Path | None, tmp_path: Path, at: int, *, finished: bool
) -> None:
    """Whichever photo was being read; a repeat gives what is left, and says what is not."""
    records = SqlErasureRecords(database.engine)
    store = PhotoEraser(open_objects(tmp_path.as_uri(), 5.0))
    erasure = Erasure(database=database.casework, records=records, store=store, sightings=Buried())
    act = AuditAct(by="lin.wei", note="request 2026-114", at_ms=NOW_MS + 4_000)
    planned = erasure.plan(["b-1"], Needs(open_cases=False))

    def erase() -> None:
        shelf.kept.clear()
        if finished:
            erasure.erase(planned, act, lambda _: None)
        else:
            records.begin(act)

    reads = ErasedMeanwhile(shelf, erase, at)
    exporter = Exporter(
        records=SqlPackageRecords(database.engine), seals=SqlAuditSeals(database.engine), originals=reads
    )
    asked = Asked(found=database.cases.show(case), audience="police", version="1", font=light_font, roots=None)

    if finished or at <= ORIGINALS_OF_A_PACKAGE:
        with pytest.raises(CaseChanged, match="was erased while it was exported"):
            exporter.export(asked, io.BytesIO(), "lin", NOW_MS + 5_000)
        assert database.rows("SELECT count(*) FROM evidence_exports") == [(0,)]
    if finished:
        again = replace(asked, found=database.cases.show(case))
        package = tmp_path / "p.zip"
        with package.open("wb") as to:
            exporter.export(again, to, "lin", NOW_MS + 6_000)
        left = files(package.read_bytes())
        assert not any(name.startswith("originals/claim/") for name in left)
        assert "未保存" in left["index.html"].decode()
        assert looked(package)[1]["ok"]


ORIGINALS_OF_A_PACKAGE = 3
"""A claim photo, a reference and the picture of both; each is read once more for the PDF."""


def with_withheld(found: Any) -> Any:
    return replace(found, audit=(found.audit[0], replace(found.audit[1], action=WITHHELD)))


def test_what_workers_wrote_of_themselves_is_the_statement_on_the_system(export: Export, engine: Engine) -> None:
    spells = SqlUptimeLog(engine)
    ran = Spell(
        spell_id="s-1",
        worker="decide-0",
        version="1.2.3",
        configuration_sha256="c" * 64,
        started_at_ms=NOW_MS - 60_000,
        seen_at_ms=NOW_MS - 60_000,
        ended_at_ms=None,
    )
    spells.begin(ran)
    away = SpellEvent(spell_id="s-1", at_ms=NOW_MS + 2_000, what="NOT_READY", detail="database: does not answer")
    spells.seen("s-1", NOW_MS + 3_000, [away])

    page = files(export()[1])["index.html"].decode()

    for said in ("decide-0", "c" * 16, "database: does not answer", "封存时仍在运行"):
        assert said in page
    spells.seen("s-1", NOW_MS + 90_000, ended=True)
    assert files(export()[1])["index.html"].decode() == page, "what came after the seal changes nothing"


def test_the_export_is_on_record(export: Export, database: Database, case: str) -> None:
    made, _ = export()

    assert database.rows("SELECT case_id, audience, list_sha256, exported_by FROM evidence_exports") == [
        (case, "police", made.list_sha256, "local:lin.wei")
    ]


def test_the_command_verifies_offline_and_says_what_is_no_package(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTINEL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    (tmp_path / "p.zip").write_bytes(export()[1])
    (tmp_path / "no.zip").write_bytes(b"no package")

    sound = CliRunner().invoke(app, ["verify", str(tmp_path / "p.zip"), "--json"])
    assert (sound.exit_code, json.loads(sound.stdout)["ok"]) == (0, True)
    broken = CliRunner().invoke(app, ["verify", str(tmp_path / "no.zip")])
    assert broken.exit_code == 1
    assert "no package" in str(broken.exception)


LATER = b"\xff\xd8\xff" + b"from another side" * 99


def sent_later(
    database: Database, case: str, shelf: Shelf, *, read: bool, beside: Sequence[MediumEvidence] = ()
) -> None:
    """Have the buyer send a further photo, and (``read``) enrich look at it, ``beside`` these references."""
    digest = hashlib.sha256(LATER).hexdigest()
    shelf.kept[f"blobs/{digest}"] = LATER
    act = AuditAct(by="b-1", note="", at_ms=NOW_MS + 2_000)
    database.further.send(case, act, "buyer", [SentMedium(uri="later.jpg", media_id="f1")])
    if read:
        photo = a_medium_evidence("f1", sha256=digest, stored=f"blobs/{digest}", size_bytes=len(LATER))
        evidence = an_evidence(a_request("rr-1"), media=[photo, *beside], case_id=case, follow_up=1)
        database.follow_ups.store([evidence], NOW_MS + 3_000)


def test_what_was_sent_later_is_in_it_and_leads_to_the_stamp(
    export: Export, database: Database, case: str, shelf: Shelf, authority: TimeAuthority, tmp_path: Path
) -> None:
    sent_later(database, case, shelf, read=True)

    made, package = export(authority=authority)

    content = files(package)
    assert made.missing == ()
    assert content["originals/later/1/claim/f1.jpg"] == LATER
    assert "later/1/evidence.json" in content
    assert "originals/later/1/claim/f1.jpg" in content["index.html"].decode()
    assert "--claim originals/later/1/claim/f1.jpg" in content["repeat.sh"].decode()
    (tmp_path / "p.zip").write_bytes(package)
    status, found = looked(tmp_path / "p.zip")
    assert (found["ok"], set(status.values())) == (True, {"unchanged"})
    assert export(authority=authority)[1] == package


def test_what_a_later_photo_was_compared_with_is_in_it_once_and_lacking_it_is_named(
    export: Export, database: Database, case: str, shelf: Shelf, tmp_path: Path
) -> None:
    """As enrich sends it: the references of the request again, and one that the merchant registered since."""
    listed = files(export()[1])
    since = b"\xff\xd8\xff" + b"registered since" * 77
    shelf.kept[f"blobs/{hashlib.sha256(since).hexdigest()}"] = since
    beside = [
        a_medium_evidence(name, role="reference", sha256=digest, stored=f"blobs/{digest}")
        for name, digest in (
            ("r1", hashlib.sha256(listed["originals/reference/r1.png"]).hexdigest()),
            ("r9", hashlib.sha256(since).hexdigest()),
        )
    ]
    sent_later(database, case, shelf, read=True, beside=beside)

    made, package = export()

    assert made.missing == ()
    content = files(package)
    assert content["originals/later/1/reference/r9.jpg"] == since
    assert "originals/later/1/reference/r1.png" not in content
    (tmp_path / "p.zip").write_bytes(package)
    status, found = looked(tmp_path / "p.zip")
    assert (found["ok"], set(status.values()) <= {"unchanged", "not stamped"}) == (True, True)
    for gone in ("originals/later/1/reference/r9.jpg", "originals/reference/r1.png"):
        status, found = looked(packed({name: one for name, one in content.items() if name != gone}, tmp_path / "q.zip"))
        assert (found["ok"], status[gone]) == (False, "missing")


@pytest.mark.parametrize("name", ["originals/later/1/claim/f1.jpg", "later/1/evidence.json", "later/1/media.json"])
def test_what_was_sent_later_and_changed_is_named_even_where_the_list_was_changed_with_it(
    export: Export, database: Database, case: str, shelf: Shelf, tmp_path: Path, name: str
) -> None:
    sent_later(database, case, shelf, read=True)
    content = files(export()[1])
    content[name] = content[name].replace(b"e", b"f", 1)
    listed = json.loads(content["manifest.json"])
    for one in listed["files"]:
        if one["path"] == name:
            one["sha256"] = hashlib.sha256(content[name]).hexdigest()
    content["manifest.json"] = json.dumps(listed).encode()

    status, found = looked(packed(content, tmp_path / "p.zip"))

    assert not found["ok"]
    assert "altered" in {each for path, each in status.items() if "later/1/" in path}


def test_what_was_sent_later_and_nobody_looked_at_yet_is_said_to_be_missing(
    export: Export, database: Database, case: str, shelf: Shelf
) -> None:
    sent_later(database, case, shelf, read=False)

    made, package = export()

    assert made.missing == ("later/1/f1",)
    assert made.unread == {"later/1/f1"}
    assert not any("later/" in name for name in files(package))
