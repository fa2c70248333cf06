"""Two photos of one claim that show one view are held against each other."""

from collections.abc import Sequence
from pathlib import Path

from schemas.digest import request_digest
from schemas.records import Reading, Region
from streams.adapters.photos.desk_setup import open_desk
from streams.adapters.photos.examiner import Desk
from streams.adapters.photos.messages import Plan
from streams.enrich.claim_consistency import MOST_PAIRS, against_each_other
from streams.enrich.media import Seen
from streams.ports import Compared, Examined, KnownPhoto, MediumSource, Recognised, Resemblance
from tests.agents.fakes import Memory, a_gatherer
from tests.builders import AT_MS, a_claim_medium, a_request
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import with_a_patch


class AtDesk:
    """An examiner that looks in this process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def examine(self, source: MediumSource) -> Examined:
        return self._desk.examine(source).examined

    async def recognise(
        self, claim: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]
    ) -> list[Recognised]:
        return self._desk.recognise(claim, references, earlier).recognised

    async def compare(self, claim: Examined, references: Sequence[Examined]) -> list[Compared]:
        return self._desk.compare(claim, references).compared


def a_desk(folder: Path, photos: dict[str, bytes]) -> Desk:
    place = folder / "media"
    place.mkdir()
    for name, photo in photos.items():
        (place / name).write_bytes(photo)
    plan = Plan(
        media_url=place.as_uri(),
        media_hosts=(),
        evidence_url=(folder / "evidence").as_uri(),
        size_bytes=10_000_000,
        pixels=50_000_000,
        memory_bytes=2_000_000_000,
        answer_s=5.0,
    )
    return open_desk(plan)


async def readings_of(folder: Path, photos: dict[str, bytes]) -> list[Reading]:
    request = a_request(
        claim_media=[a_claim_medium(name.removesuffix(".jpg"), uri=name) for name in photos], reference_media=[]
    )
    gatherer = a_gatherer(AtDesk(a_desk(folder, photos)), Memory())
    return (await gatherer.gather(request, request_digest(request), AT_MS, AT_MS + 50)).readings


def seen(names: Sequence[str]) -> list[Seen]:
    return [
        Seen(
            MediumSource(media_id=name, role="claim", kind="photo", uri=name, sha256=None, pointer=name),
            Examined(readings=(), sha256=name * 8, features=name.encode()),
        )
        for name in names
    ]


def a_compared(differ: float | None, regions: int = 1) -> Compared:
    readings = () if differ is None else (Reading(name="altered_fraction", value=differ, unit="share of area"),)
    return Compared(readings=readings, regions=(Region(x=1, y=2, width=3, height=4),) * regions, overlay="overlays/1")


async def test_damage_that_only_one_of_two_photos_of_one_view_shows_is_shown(tmp_path: Path) -> None:
    scene = a_picture(5)
    photos = {"whole.jpg": jpeg(scene), "broken.jpg": jpeg(with_a_patch(scene)[0]), "other.jpg": jpeg(a_picture(6))}
    found = await readings_of(tmp_path, photos)
    assert {(one.name, one.media_id, one.reference_id) for one in found} == {
        (name, "broken", "whole") for name in ("claims_align", "claims_differ", "claims_differ_at", "claims_overlay")
    }
    differ = next(one.value for one in found if one.name == "claims_differ")
    assert isinstance(differ, float)
    assert 0.04 < differ < 0.09
    at = str(next(one.value for one in found if one.name == "claims_differ_at")).split()
    x, y, width, height = (int(part) for part in at[0].split(","))
    assert max(abs(x - 386), abs(y - 165), abs(x + width - 614), abs(y + height - 285)) <= 10


async def test_two_shots_that_agree_align_and_differ_in_nothing(tmp_path: Path) -> None:
    scene = a_picture(5)
    found = await readings_of(tmp_path, {"one.jpg": jpeg(scene), "two.jpg": jpeg(scene, quality=60)})
    assert {one.name: one.value for one in found if one.name in {"claims_align", "claims_differ"}} == {
        "claims_align": True,
        "claims_differ": 0.0,
    }


async def test_the_same_file_sent_twice_says_nothing(tmp_path: Path) -> None:
    assert await readings_of(tmp_path, {"one.jpg": jpeg(), "two.jpg": jpeg()}) == []


async def test_each_pair_is_compared_once_and_the_earlier_photo_is_the_reference() -> None:
    asked: list[tuple[str, list[str]]] = []

    async def compare(look: Examined, others: Sequence[Examined]) -> list[Compared]:
        asked.append(((look.features or b"").decode(), [(one.features or b"").decode() for one in others]))
        return [a_compared(None) for _ in others]

    assert await against_each_other(seen("abc"), compare) == []
    assert sorted(asked) == [("b", ["a"]), ("c", ["a", "b"])]


async def test_of_many_pairs_those_that_differ_most_are_told_and_the_others_counted() -> None:
    async def compare(_: Examined, others: Sequence[Examined]) -> list[Compared]:
        return [a_compared(len(others) / 100) for _ in others]

    names = "abcdefgh"
    found = await against_each_other(seen(names), compare)
    pairs = len(names) * (len(names) - 1) // 2
    assert found[-1] == Reading(name="claims_left_out", value=pairs - MOST_PAIRS, unit="pairs")
    differ = [one.value for one in found if one.name == "claims_differ"]
    assert len(differ) == MOST_PAIRS
    assert differ == sorted(differ, key=lambda value: -float(str(value)))
