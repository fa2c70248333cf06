"""Whatever photos show, the evidence of them can be written: what cannot would be a dead letter and no answer."""

from pathlib import Path

from schemas.codec import encode
from schemas.digest import request_digest
from streams.bench.photos import SMALL, jpeg, scene, stained
from tests.agents.fakes import Memory, a_gatherer
from tests.builders import AT_MS, a_claim_medium, a_reference, a_request
from tests.enrich.test_claim_consistency import AtDesk, a_desk


async def test_a_claim_derived_from_both_of_two_like_references_is_written(tmp_path: Path) -> None:
    sound = scene(3, SMALL)
    photos = {"listed.jpg": sound, "mirrored.jpg": sound[:, ::-1].copy(), "stained.jpg": stained(sound)}
    gatherer = a_gatherer(AtDesk(a_desk(tmp_path, {name: jpeg(pixels) for name, pixels in photos.items()})), Memory())
    request = a_request(
        claim_media=[a_claim_medium(uri="stained.jpg")],
        reference_media=[a_reference("r1", uri="listed.jpg"), a_reference("r2", uri="mirrored.jpg")],
    )

    evidence = await gatherer.gather(request, request_digest(request), AT_MS, AT_MS + 50)

    assert b"damage_in_reference" in encode(evidence)
