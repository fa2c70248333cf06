"""One look at a medium, as a pool process does it: the platform is asked once, and our own copy counts from then on."""

import hashlib
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from PIL import Image, ImageOps

from streams.adapters.photos.desk_setup import open_desk
from streams.adapters.photos.examiner import Desk
from streams.adapters.photos.messages import Plan
from streams.adapters.storage.evidence_store import open_evidence_store
from streams.adapters.storage.files import IsVideo
from streams.adapters.storage.objects import open_objects
from streams.adapters.storage.photo_erasure import PhotoEraser
from streams.cases.photos.photos import ClaimPhoto
from streams.cases.record.erasure import PersonsPhoto
from streams.errors import StoreUnavailable
from streams.evidence.files.limits import Limits
from streams.evidence.looking import examination, looking
from streams.evidence.looking.examination import VERSION, Examination
from streams.evidence.pixels import pixel_comparison
from streams.ports import Examined, KnownPhoto, MediumSource, Recognised, Resemblance
from tests.builders import AT_MS
from tests.contract.photos.conftest import Place
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import with_a_stain
from tests.unit.evidence.provenance.files import a_label
from tests.unit.evidence.provenance.video_files import keyed, mp4_with
from tests.videos import a_video, animated

SCENES = [a_picture(1), a_picture(2)]
VIDEO = a_video(SCENES)
LIMITS = Limits(10_000_000, 50_000_000)


def a_source(media_id: str = "c1", **changes: Any) -> MediumSource:
    given: dict[str, Any] = {
        "media_id": media_id,
        "role": "claim",
        "kind": "photo",
        "uri": f"claims/{media_id}.jpg",
        "sha256": None,
        "pointer": f"requests/rr-1/sha256:ab/claim/{media_id}",
    }
    return MediumSource(**given | changes)


def a_plan(media_url: str, evidence_url: str, **changes: Any) -> Plan:
    given: dict[str, Any] = {
        "media_url": media_url,
        "media_hosts": (),
        "evidence_url": evidence_url,
        "size_bytes": 10_000_000,
        "pixels": 50_000_000,
        "memory_bytes": 2_000_000_000,
        "answer_s": 60.0,
    }
    return Plan(**given | changes)


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def desk(place: Place, evidence: Path) -> Desk:
    return open_desk(a_plan(place.url, evidence.as_uri()))


def sha256(photo: bytes) -> str:
    return hashlib.sha256(photo).hexdigest()


def why(examined: Examined) -> str:
    (reading,) = examined.readings
    assert (reading.name, reading.media_id) == ("photo", "c1")
    assert examined.fingerprint is None
    assert examined.features is None
    return reading.unmeasured or ""


def test_a_look_says_what_the_photo_is_and_where_our_copy_is(desk: Desk, place: Place, evidence: Path) -> None:
    place.put("claims/c1.jpg", jpeg())
    found = desk.examine(a_source()).examined
    assert (found.sha256, found.size_bytes) == (sha256(jpeg()), len(jpeg()))
    assert (evidence / str(found.stored)).read_bytes() == jpeg()
    values = {reading.name: reading.value for reading in found.readings}
    assert {"width_px": 800, "height_px": 600, "format": "JPEG", "declared_ai": False}.items() <= values.items()
    assert ("c2pa", "absent") in {(finding.kind, finding.state) for finding in found.provenance}
    assert {reading.media_id for reading in found.readings} == {"c1"}
    assert found.fingerprint is not None
    assert found.features is not None


def test_a_claim_photo_says_what_its_fingerprints_would_be_mirrored_and_turned(desk: Desk, place: Place) -> None:
    place.put("claims/c1.jpg", jpeg())
    place.put("claims/c2.jpg", jpeg(ImageOps.mirror(a_picture()).transpose(Image.Transpose.ROTATE_90)))
    first, other = desk.examine(a_source()).examined, desk.examine(a_source("c2")).examined
    assert first.fingerprint is not None
    assert len({*other.variants}) == 7
    nearest = min((int(first.fingerprint.bits, 16) ^ int(bits, 16)).bit_count() for bits in other.variants)
    assert nearest <= 8
    assert desk.examine(a_source()).examined.variants == first.variants, "kept features say so too"
    assert desk.examine(a_source(role="reference")).examined.variants == ()


def test_a_photo_that_changes_behind_its_address_does_not_change_the_answer(desk: Desk, place: Place) -> None:
    place.put("claims/c1.jpg", jpeg(a_picture(1)))
    first = desk.examine(a_source()).examined
    place.put("claims/c1.jpg", jpeg(a_picture(2)))
    assert desk.examine(a_source()).examined == first
    assert desk.examine(a_source(pointer="requests/rr-2/sha256:ab/claim/c1")).examined.sha256 != first.sha256


def test_an_erased_photo_is_not_looked_at_and_not_fetched_again(desk: Desk, place: Place, evidence: Path) -> None:
    place.put("claims/c1.jpg", jpeg())
    desk.examine(a_source())
    photo = PersonsPhoto(request_id="rr-1", request_digest="sha256:ab", photo=ClaimPhoto("c1"))
    eraser = PhotoEraser(open_objects(evidence.as_uri(), 5.0))
    marked = eraser.mark(photo, AT_MS)
    eraser.take_away([marked], lambda _: None)
    eraser.finish(marked)

    look = desk.examine(a_source())

    assert why(look.examined) == "the photo was erased because the person asked for it"
    assert (look.examined.sha256, look.examined.stored, set(look.seconds)) == (None, None, set())
    assert [path for path in evidence.rglob("*") if path.is_file()] == [evidence / photo.pointer]


def test_a_known_photo_is_not_decoded_again(desk: Desk, place: Place, evidence: Path) -> None:
    place.put("claims/c1.jpg", jpeg())
    first = desk.examine(a_source())
    looked = {"decode", "visible_label", "provenance", "hash", "features", "clarity"}
    assert {"fetch", "store"} | looked == set(first.seconds)
    shutil.rmtree(evidence / "blobs")
    again = desk.examine(a_source())
    assert (again.examined, set(again.seconds)) == (first.examined, {"store"})
    other = desk.examine(a_source(pointer="catalogue/p-1"))
    assert (other.examined, set(other.seconds)) == (first.examined, {"fetch", "store"})


def test_damaged_features_are_made_anew_from_our_own_copy(desk: Desk, place: Place, evidence: Path) -> None:
    place.put("claims/c1.jpg", jpeg())
    first = desk.examine(a_source()).examined
    kept = evidence / "features" / str(first.sha256) / VERSION
    good = kept.read_bytes()
    kept.write_bytes(good[:-1])
    place.put("claims/c1.jpg", b"gone")
    assert desk.examine(a_source()).examined == first
    assert kept.read_bytes() == good


def test_a_damaged_own_copy_is_unmeasured_and_does_not_stop_the_stream(
    desk: Desk, place: Place, evidence: Path
) -> None:
    place.put("claims/c1.jpg", jpeg())
    first = desk.examine(a_source()).examined
    (evidence / str(first.stored)).write_bytes(b"altered")
    shutil.rmtree(evidence / "features")
    assert why(desk.examine(a_source()).examined).startswith("our own copy of the photo is damaged")


def test_the_file_that_was_named_is_looked_at_and_another_is_not(desk: Desk, place: Place) -> None:
    place.put("claims/c1.jpg", jpeg())
    assert desk.examine(a_source(sha256=sha256(jpeg()))).examined.fingerprint is not None
    other = a_source(sha256="0" * 64, pointer="requests/rr-1/sha256:cd/claim/c1")
    found = desk.examine(other).examined
    assert why(found).startswith("the file is not the one that the platform named")
    assert found.sha256 == sha256(jpeg())
    place.put("claims/c1.jpg", b"now something else")
    assert desk.examine(other).examined == found


def test_what_cannot_be_decoded_is_kept_as_evidence_and_unmeasured(desk: Desk, place: Place, evidence: Path) -> None:
    place.put("claims/c1.jpg", jpeg()[:5_000])
    found = desk.examine(a_source()).examined
    assert "damaged or incomplete" in why(found)
    assert (evidence / str(found.stored)).read_bytes() == jpeg()[:5_000]
    assert desk.examine(a_source()).examined == found


def test_an_empty_file_is_unmeasured_also_the_second_time(desk: Desk, place: Place) -> None:
    place.put("claims/c1.jpg", b"")
    assert why(desk.examine(a_source()).examined) == "the file is empty"
    assert why(desk.examine(a_source()).examined) == "the file is empty"


def test_a_missing_photo_is_unmeasured_and_looked_for_again(desk: Desk, place: Place) -> None:
    missing = desk.examine(a_source()).examined
    assert (why(missing), missing.stored) == ("the photo is not in the media store", None)
    place.put("claims/c1.jpg", jpeg())
    assert desk.examine(a_source()).examined.fingerprint is not None


def test_a_claim_s_video_says_what_its_file_says_of_its_origin(desk: Desk, place: Place) -> None:
    place.put("claims/c1.jpg", a_video([a_picture(1), a_picture(2)]))
    place.put("claims/c2.jpg", mp4_with(keyed({"AIGC": a_label()})))
    plain, labelled = (desk.examine(a_source(name, kind="video")).examined for name in ("c1", "c2"))
    assert [one.name for one in plain.readings if one.unmeasured] == []
    assert (plain.fingerprint, plain.features is not None) == (None, True)
    said = [{one.name: one.value for one in look.readings}["declared_ai"] for look in (plain, labelled)]
    assert said == [False, True]
    assert desk.examine(a_source("c2", kind="video")).examined == labelled, "what was kept says so too"


def test_a_photo_is_compared_with_a_moment_of_a_packing_video(desk: Desk, place: Place) -> None:
    place.put("goods/packing.mp4", a_video([a_picture(1), a_picture(2)]))
    place.put("claims/c1.jpg", jpeg(with_a_stain(a_picture(2))[0]))
    packing = a_source("r1", role="reference", kind="video", uri="goods/packing.mp4", pointer="requests/rr-1/r1")
    reference, claim = desk.examine(packing).examined, desk.examine(a_source()).examined
    (compared,) = desk.compare(claim, [reference]).compared
    values = {reading.name: reading.value for reading in compared.readings}
    assert [one.unmeasured for one in reference.readings if one.unmeasured] == []
    assert float(str(values["derived_score"])) > 0.5
    assert float(str(values["reference_second"])) >= 2
    assert compared.regions
    assert compared.overlay is not None


def test_the_file_s_own_format_decides_what_it_is_and_that_is_said(desk: Desk, place: Place) -> None:
    place.put("claims/c1.jpg", jpeg())
    place.put("claims/c2.jpg", VIDEO)
    photo = desk.examine(a_source(kind="video")).examined
    video = desk.examine(a_source("c2")).examined
    assert (photo.kind, photo.parts, photo.fingerprint is not None) == ("photo", (), True)
    assert (video.kind, len(video.parts), video.fingerprint) == ("video", 2, None)
    for found in (photo, video):
        values = {reading.name: reading.value for reading in found.readings}
        assert values["actual_kind"] == found.kind
        assert [one.unmeasured for one in found.readings if one.unmeasured] == []
    assert desk.examine(a_source(kind="video")).examined == photo, "what was kept says so too"
    assert desk.examine(a_source("c2")).examined == video
    as_itself = desk.examine(a_source("c3", kind="video", uri="claims/c2.jpg")).examined
    assert "actual_kind" not in {reading.name for reading in as_itself.readings}


def test_a_video_sent_as_a_photo_is_only_looked_at_by_whoever_has_the_time_for_it(desk: Desk, place: Place) -> None:
    place.put("claims/c1.jpg", VIDEO)
    for _ in range(2):
        with pytest.raises(IsVideo):
            desk.examine(a_source(), videos=False)
        desk.examine(a_source())  # our own copy says so too


def test_the_stills_of_a_video_are_photos_of_their_own_beside_it(desk: Desk, place: Place, evidence: Path) -> None:
    place.put("claims/c1.mp4", VIDEO)
    source = a_source(kind="video", uri="claims/c1.mp4")
    found = desk.examine(source).examined
    store = open_evidence_store(evidence.as_uri(), 5.0)
    for part, scene in zip(found.parts, SCENES, strict=True):
        kept = store.kept(f"{source.pointer}#{part.part}")
        assert kept is not None
        assert kept.sha256 == part.sha256
        still = np.asarray(Image.open(BytesIO(store.photo(part.sha256))).convert("RGB")).astype(int)
        assert np.abs(still - np.asarray(scene).astype(int)).mean() < 8
        assert part.fingerprint == examination.examine(store.photo(part.sha256), LIMITS).fingerprint
    assert [part.part for part in found.parts] == ["s1", "s2"]
    assert [len(part.variants) for part in found.parts] == [7, 7]
    assert (evidence / str(found.stored)).read_bytes() == VIDEO


def test_a_video_that_comes_again_has_the_same_stills_and_is_not_decoded(
    desk: Desk, place: Place, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.put("claims/c1.mp4", VIDEO)
    first = a_source(kind="video", uri="claims/c1.mp4")
    other = replace(first, pointer="requests/rr-2/sha256:ab/claim/c1")
    found = desk.examine(first).examined
    monkeypatch.setattr("streams.evidence.looking.looking.look", lambda *_: pytest.fail("it was decoded again"))
    assert desk.examine(other).examined == found
    assert open_evidence_store(evidence.as_uri(), 5.0).kept(f"{other.pointer}#s2") is not None


def test_stills_that_are_gone_are_made_anew(desk: Desk, place: Place, evidence: Path) -> None:
    place.put("claims/c1.mp4", VIDEO)
    source = a_source(kind="video", uri="claims/c1.mp4")
    found = desk.examine(source).examined
    (evidence / "blobs" / found.parts[1].sha256).unlink()
    assert desk.examine(source).examined == found
    assert (evidence / "blobs" / found.parts[1].sha256).exists()


def test_a_video_that_is_erased_while_it_is_looked_at_leaves_no_still(
    desk: Desk, place: Place, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.put("claims/c1.mp4", VIDEO)
    source = a_source(kind="video", uri="claims/c1.mp4")
    eraser = PhotoEraser(open_objects(evidence.as_uri(), 5.0))
    photo = PersonsPhoto(request_id="rr-1", request_digest="sha256:ab", photo=ClaimPhoto("c1"))
    look = looking.look

    def meanwhile(*given: Any) -> Examination:
        found = look(*given)
        marked = eraser.mark(photo, AT_MS)
        eraser.take_away([marked], lambda _: None)
        eraser.finish(marked)
        return found

    monkeypatch.setattr("streams.evidence.looking.looking.look", meanwhile)
    assert why(desk.examine(source).examined) == "the photo was erased because the person asked for it"
    left = [str(path.relative_to(evidence)) for path in evidence.rglob("*") if path.is_file()]
    assert left == [source.pointer]


def test_a_claim_s_still_is_recognised_among_earlier_photos_by_its_own_bytes(desk: Desk, place: Place) -> None:
    place.put("claims/c1.mp4", VIDEO)
    place.put("claims/c2.jpg", jpeg(SCENES[1]))
    video = desk.examine(a_source(kind="video", uri="claims/c1.mp4")).examined
    photo = desk.examine(a_source("c2")).examined
    still = Examined(readings=(), sha256=video.parts[1].sha256)
    earlier = [Resemblance(KnownPhoto(photo.sha256 or "", "claim"), far=True)]
    assert [one.confirmed for one in desk.recognise(still, [], earlier).recognised] == [True]


def test_an_animated_picture_has_parts_and_stays_a_photo(desk: Desk, place: Place) -> None:
    place.put("claims/c1.webp", animated(SCENES, "WEBP"))
    found = desk.examine(a_source(uri="claims/c1.webp")).examined
    assert (found.kind, [part.at_ms for part in found.parts], found.fingerprint) == ("photo", [0, 1000], None)
    assert {one.name: one.value for one in found.readings}["format"] == "WEBP"


def test_a_store_that_does_not_answer_is_no_fault_of_the_photo(tmp_path: Path, evidence: Path) -> None:
    desk = open_desk(a_plan((tmp_path / "gone").as_uri(), evidence.as_uri()))
    with pytest.raises(StoreUnavailable):
        desk.examine(a_source())


def examined(desk: Desk, place: Place, name: str, photo: bytes) -> Examined:
    place.put(f"claims/{name}.jpg", photo)
    return desk.examine(a_source(name, pointer=f"catalogue/{name}")).examined


def test_a_forged_photo_is_located_and_shown_beside_its_source(desk: Desk, place: Place, evidence: Path) -> None:
    claim = examined(desk, place, "c1", jpeg(with_a_stain(a_picture(1))[0]))
    references = [examined(desk, place, "r1", jpeg(a_picture(2))), examined(desk, place, "r2", jpeg(a_picture(1)))]
    other, source = desk.compare(claim, references).compared
    assert (other.regions, other.overlay) == ((), None)
    assert len(source.regions) == 1
    method = pixel_comparison.METHOD.replace("/", "-")
    assert source.overlay == f"overlays/{claim.sha256}/{references[1].sha256}/{method}"
    with Image.open(evidence / source.overlay) as shown:
        assert (shown.format, shown.height) == ("JPEG", 720)


def test_comparing_again_gives_the_same_answer_and_the_same_picture(desk: Desk, place: Place, evidence: Path) -> None:
    claim = examined(desk, place, "c1", jpeg(with_a_stain(a_picture(1))[0]))
    reference = examined(desk, place, "r1", jpeg(a_picture(1)))
    first = desk.compare(claim, [reference]).compared
    picture = (evidence / str(first[0].overlay)).read_bytes()
    assert desk.compare(claim, [reference]).compared == first
    assert (evidence / str(first[0].overlay)).read_bytes() == picture


def test_a_copy_that_is_gone_leaves_derivation_unmeasured(desk: Desk, place: Place, evidence: Path) -> None:
    claim = examined(desk, place, "c1", jpeg(a_picture(1), 70))
    reference = examined(desk, place, "r1", jpeg(a_picture(1)))
    shutil.rmtree(evidence / "blobs")
    (found,) = desk.compare(claim, [reference]).compared
    assert [reading.name for reading in found.readings if reading.unmeasured] == ["derived_score"]
    assert found.overlay is None


def a_catalogue_photo(**changes: Any) -> MediumSource:
    return a_source(role="reference", uri="goods/1.jpg", pointer="catalogue/1", **changes)


def test_a_catalogue_photo_whose_first_upload_was_cut_off_is_looked_at_once_it_is_whole(
    desk: Desk, place: Place, evidence: Path
) -> None:
    place.put("goods/1.jpg", jpeg()[: len(jpeg()) // 2])
    cut_off = desk.examine(a_catalogue_photo()).examined
    kept_of_it = (evidence / "catalogue/1").exists()
    place.put("goods/1.jpg", jpeg())
    whole = desk.examine(a_catalogue_photo()).examined
    assert "damaged or incomplete" in why(cut_off)
    assert not kept_of_it
    assert (whole.sha256, whole.fingerprint is not None) == (sha256(jpeg()), True)


def test_a_catalogue_photo_that_is_not_the_one_named_is_looked_at_once_it_is(desk: Desk, place: Place) -> None:
    named = a_catalogue_photo(sha256=sha256(jpeg()))
    place.put("goods/1.jpg", jpeg(a_picture(9)))
    other = desk.examine(named).examined
    place.put("goods/1.jpg", jpeg())
    assert "not the one that the platform named" in why(other)
    assert desk.examine(named).examined.fingerprint is not None


def test_a_catalogue_photo_that_was_looked_at_stays_as_it_was(desk: Desk, place: Place) -> None:
    place.put("goods/1.jpg", jpeg())
    first = desk.examine(a_catalogue_photo())
    place.put("goods/1.jpg", jpeg(a_picture(9)))
    assert desk.examine(a_catalogue_photo()).examined == first.examined


def test_a_claim_whose_first_bytes_cannot_be_looked_at_keeps_them_whatever_comes_later(
    desk: Desk, place: Place
) -> None:
    place.put("claims/c1.jpg", jpeg()[: len(jpeg()) // 2])
    first = desk.examine(a_source()).examined
    place.put("claims/c1.jpg", jpeg())
    assert desk.examine(a_source()).examined == first
    assert "damaged or incomplete" in why(first)


def asked(photo: Examined, role: Literal["claim", "reference"] = "claim", **changes: Any) -> Resemblance:
    return Resemblance(KnownPhoto(str(photo.sha256), role), **{"far": True} | changes)


def test_an_earlier_claim_is_recognised_by_its_features_and_by_pixels_that_come_from_one_file(
    desk: Desk, place: Place
) -> None:
    earlier = examined(desk, place, "c0", jpeg(ImageOps.mirror(a_picture(1))))
    other = examined(desk, place, "c2", jpeg(a_picture(2)))
    claim = examined(desk, place, "c1", jpeg(a_picture(1), 70))
    found = desk.recognise(claim, [], [asked(earlier), asked(other)]).recognised
    assert found == [Recognised(confirmed=True), Recognised(confirmed=False)]


def test_features_alone_deny_a_picture_and_do_not_confirm_one(desk: Desk, place: Place, evidence: Path) -> None:
    earlier = examined(desk, place, "c0", jpeg(a_picture(1)))
    other = examined(desk, place, "c2", jpeg(a_picture(2)))
    claim = examined(desk, place, "c1", jpeg(a_picture(1), 70))
    shutil.rmtree(evidence / "blobs")
    alike, unlike = desk.recognise(claim, [], [asked(earlier), asked(other)]).recognised
    assert alike.confirmed is None
    assert alike.why is not None
    assert unlike == Recognised(confirmed=False)


def test_features_that_are_gone_are_made_anew_from_our_own_copy(desk: Desk, place: Place, evidence: Path) -> None:
    earlier = examined(desk, place, "c0", jpeg(a_picture(1)))
    claim = examined(desk, place, "c1", jpeg(a_picture(1), 70))
    shutil.rmtree(evidence / "features")
    assert desk.recognise(claim, [], [asked(earlier)]).recognised == [Recognised(confirmed=True)]
    assert (evidence / "features" / str(earlier.sha256)).exists()


def test_an_earlier_photo_of_which_nothing_is_left_says_so(desk: Desk, place: Place, evidence: Path) -> None:
    earlier = examined(desk, place, "c0", jpeg(a_picture(1)))
    claim = examined(desk, place, "c1", jpeg(a_picture(1), 70))
    shutil.rmtree(evidence / "features")
    shutil.rmtree(evidence / "blobs")
    (found,) = desk.recognise(claim, [], [asked(earlier)]).recognised
    assert found.confirmed is None
    assert str(found.why).startswith("our own copy of the photo is missing: blobs/")


def test_what_was_altered_in_a_listing_photo_tells_a_forgery_used_twice_from_a_listing_sent_again(
    desk: Desk, place: Place
) -> None:
    forged = with_a_stain(a_picture(1))[0]
    listed = examined_as_reference(desk, place, "r1", jpeg(a_picture(1)))
    first, sent_again = (
        examined(desk, place, name, photo) for name, photo in (("c0", jpeg(forged, 85)), ("c2", jpeg(a_picture(1), 60)))
    )
    claim = examined(desk, place, "c1", jpeg(forged, 75))
    goods = [KnownPhoto(str(listed.sha256), "reference")]
    earlier = [asked(one, far=False, references=(0,)) for one in (first, sent_again)]
    twice, once = desk.recognise(claim, goods, earlier).recognised
    assert (twice.explained_by, once.explained_by) == (0, 0)
    assert float(str(twice.shared_alteration)) > 0.8
    assert float(str(once.shared_alteration)) < 0.1


def test_a_reference_that_the_claim_was_compared_with_is_not_compared_again_and_the_answer_is_the_same(
    desk: Desk, place: Place, evidence: Path
) -> None:
    forged = with_a_stain(a_picture(1))[0]
    listed = examined_as_reference(desk, place, "r1", jpeg(a_picture(1)))
    earlier, claim = (examined(desk, place, name, jpeg(forged, quality)) for name, quality in (("c0", 85), ("c1", 75)))
    again = [asked(earlier, far=False, references=(0,))]
    anew = desk.recognise(claim, [KnownPhoto(str(listed.sha256), "reference")], again).recognised
    (compared,) = desk.compare(claim, [listed]).compared
    shutil.rmtree(evidence / "features" / str(listed.sha256))
    for blob in (evidence / "blobs").glob(f"**/{listed.sha256}*"):
        blob.unlink()
    unknown, known = (KnownPhoto(str(listed.sha256), "reference", altered) for altered in (None, compared.altered))
    assert "is missing" in str(desk.recognise(claim, [unknown], again).recognised[0].why)
    assert desk.recognise(claim, [known], again).recognised == anew
    assert float(str(anew[0].shared_alteration)) > 0.8


def test_a_store_that_goes_away_while_earlier_photos_are_looked_at_is_no_fault_of_theirs(
    desk: Desk, place: Place, evidence: Path
) -> None:
    claim = examined(desk, place, "c1", jpeg(a_picture(1), 70))
    shutil.rmtree(evidence)
    evidence.write_text("no folder any more")
    with pytest.raises(StoreUnavailable):
        desk.recognise(claim, [], [asked(replace(claim, sha256="f" * 64))])


def examined_as_reference(desk: Desk, place: Place, name: str, photo: bytes) -> Examined:
    place.put(f"claims/{name}.jpg", photo)
    return desk.examine(a_source(name, role="reference", pointer=f"catalogue/{name}")).examined
