"""Two honest buyers of one printed article, through enrich and decide: each has a photo of their own."""

import numpy as np
import pytest
from PIL import Image

from streams.bench.evaluation.pixels import drawn
from streams.bench.evaluation.printed import printed
from tests.agents.fakes import Memory
from tests.enrich.test_collages import ACCUSING
from tests.enrich.test_videos import Eyes, claim_of, gathered
from tests.photos import a_picture, jpeg
from tests.scans import scanned
from tests.unit.policy.questions import codes, decided


@pytest.fixture
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Eyes:
    return Eyes(tmp_path_factory.mktemp("eyes"))


@pytest.mark.parametrize("kind", ["cover", "cover, near", "carton, bent"])
async def test_two_buyers_of_one_article_are_not_accused_and_share_no_cluster(eyes: Eyes, kind: str) -> None:
    artwork, memory = np.asarray(a_picture(1, 900, 700)), Memory()
    for number in (1, 2):
        goods = printed(kind, artwork, np.asarray(a_picture(8 + number)), drawn("two buyers", kind, number))
        photo, listing = jpeg(Image.fromarray(goods.claim), 88), [("photo", goods.listing)]
        evidence = await gathered(eyes, memory, photo, number=number, kind="photo", references=listing)
        assert ACCUSING.isdisjoint(codes(decided(evidence)))
        linked = [one for one in claim_of(evidence).sightings if one.confirmed is not False]
        assert linked == []
    assert len(memory.sightings) >= 2


async def test_two_buyers_whose_scans_of_one_article_fill_the_frame_share_nothing(eyes: Eyes) -> None:
    memory = Memory()
    for number in range(2):
        photo = jpeg(scanned(a_picture(1, 900, 700), drawn("scan", 7, number)), 85)
        evidence = await gathered(eyes, memory, photo, number=number + 1, kind="photo")
        assert "USED_BEFORE" not in codes(decided(evidence))
        assert claim_of(evidence).sightings == []


async def test_the_same_photo_from_two_buyers_is_found(eyes: Eyes) -> None:
    artwork, memory = np.asarray(a_picture(1, 900, 700)), Memory()
    goods = printed("cover", artwork, np.asarray(a_picture(9)), drawn("one photo"))
    photo, listing = Image.fromarray(goods.claim), [("photo", goods.listing)]
    await gathered(eyes, memory, jpeg(photo, 88), number=1, kind="photo", references=listing)
    again = await gathered(eyes, memory, jpeg(photo, 80), number=2, kind="photo", references=listing)
    assert "USED_BEFORE" in codes(decided(again))
