"""Whatever happens to an index, in whatever order, it answers like a plain list that is looked through one by one."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from schemas.records import Fingerprint, PhotoSighted
from schemas.units import NEAR_BITS
from streams.sightings.index import ERASED_KEPT_MS, SightingIndex
from tests.builders import AT_MS, with_changes
from tests.unit.sightings.model import Model
from tests.unit.sightings.sightings import ASKED, a_catalogue_sighting, a_claim_sighting, chance_of, flipped

HOUR_MS = 3_600_000
LOOK_BACK_MS = 10 * HOUR_MS
CENTRES = [chance_of(number).getrandbits(256) for number in range(3)]

Numbers = st.integers(0, 30)
Seeds = st.integers(0, 2**32)


class Index(RuleBasedStateMachine):
    """A log is read into an index and into a model; ``records`` is the log itself, for reading it again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.model = Model(LOOK_BACK_MS)
        self.records: list[PhotoSighted | str] = []
        self.clock_ms = AT_MS

    @initialize()
    def begin(self) -> None:
        self.index = self.opened()

    def opened(self) -> SightingIndex:
        return SightingIndex(Path(self.folder.name), LOOK_BACK_MS)

    def take(self, position: int) -> None:
        record = self.records[position]
        if isinstance(record, str):
            self.index.erase(record)
        else:
            self.index.add(position, record)
        self.index.advance(position + 1)

    def append(self, record: PhotoSighted | str) -> None:
        self.records.append(record)
        self.take(len(self.records) - 1)
        if isinstance(record, str):
            self.model.erase(record)
        else:
            self.model.add(len(self.records) - 1, record)

    @rule(number=Numbers, seed=Seeds, far=st.integers(0, 60), centre=st.sampled_from(CENTRES))
    def a_claim_comes(self, number: int, seed: int, far: int, centre: int) -> None:
        bits = flipped(centre, far, chance_of(seed))
        self.append(a_claim_sighting(number, bits=bits, seen_at_ms=self.clock_ms))

    @rule(number=Numbers, withdrawn=st.booleans(), centre=st.sampled_from(CENTRES), version=st.sampled_from("122"))
    def a_catalogue_photo_comes(self, number: int, withdrawn: bool, centre: int, version: str) -> None:  # noqa: FBT001 - drawn
        fingerprint = Fingerprint(version=f"phash256/{version}", bits=f"{centre:064x}")
        sighting = a_catalogue_sighting(number, fingerprint=fingerprint, seen_at_ms=self.clock_ms)
        goods = {"order_id": "o-asked" if number % 3 == 0 else None, "product_id": f"p-{1 + number % 2}"}
        self.append(with_changes(sighting, withdrawn=withdrawn, **goods))

    @rule(number=Numbers, kind=st.sampled_from([a_claim_sighting, a_catalogue_sighting]))
    def one_is_erased(self, number: int, kind: type) -> None:
        self.append(kind(number).sighting_id)

    @rule(hours=st.integers(1, 6))
    def time_goes_by(self, hours: int) -> None:
        self.clock_ms += hours * HOUR_MS

    @rule()
    def segments_are_rewritten_for_what_was_erased(self) -> None:
        self.index.tidy(self.clock_ms + ERASED_KEPT_MS)

    @rule(everything=st.booleans())
    def sealing_begins(self, everything: bool) -> None:  # noqa: FBT001 - drawn
        self.index.finish_sealing()
        self.index.begin_sealing(everything=everything)

    @rule()
    def sealing_ends(self) -> None:
        self.index.finish_sealing()

    @rule()
    def the_process_ends_and_another_reads_on(self) -> None:
        self.index.close()
        self.index = self.opened()
        for position in range(self.index.position, len(self.records)):
            self.take(position)

    @rule(seed=Seeds)
    def a_bit_changes_on_the_disk(self, seed: int) -> None:
        chance = chance_of(seed)
        self.index.close()
        paths = sorted(Path(self.folder.name).glob("*.segment"))  # no precondition: builders come and go in their time
        for path in chance.sample(paths, min(1, len(paths))):
            raw = bytearray(path.read_bytes())
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            path.write_bytes(raw)
        self.index = self.opened()
        for position in range(self.index.position, len(self.records)):
            self.take(position)

    @rule(mine=Numbers, share=st.floats(0, 1), drawn=st.lists(st.tuples(Seeds, st.integers(0, 40)), min_size=1))
    def it_answers_like_the_model(self, mine: int, share: float, drawn: list[tuple[int, int]]) -> None:
        self.compare(self.index, mine, int(share * (len(self.records) + 1)), drawn)

    @rule(share=st.floats(0, 1), at_most=st.integers(1, 25))
    def it_knows_what_the_catalogue_has_of_the_goods(self, share: float, at_most: int) -> None:
        asked, below = with_changes(ASKED, seen_at_ms=self.clock_ms + 1), int(share * (len(self.records) + 1))
        found = self.index.registered(asked, below, at_most)
        assert [(one.photo_id, one.position) for one in found] == self.model.registered(asked, below, at_most)

    @rule(mine=Numbers, drawn=st.lists(st.tuples(Seeds, st.integers(0, 40)), min_size=1))
    def another_process_that_shares_the_folder_answers_alike(self, mine: int, drawn: list[tuple[int, int]]) -> None:
        own, self.index = self.index, self.opened()
        try:
            for position in range(self.index.position, len(self.records)):
                self.take(position)
            assert not self.index.writes
            self.compare(self.index, mine, len(self.records), drawn)
            self.it_knows_the_same_ids()
        finally:
            self.index.close()
            self.index = own

    def compare(self, index: SightingIndex, mine: int, below: int, drawn: list[tuple[int, int]]) -> None:
        """Ask for a photo of a request and its variants, each so many bits from one of the centres."""
        bits, *variants = [f"{flipped(CENTRES[seed % len(CENTRES)], far, chance_of(seed)):064x}" for seed, far in drawn]
        fingerprint = Fingerprint(version="phash256/2", bits=bits)
        asked = with_changes(ASKED, fingerprint=fingerprint, request_id=f"rr-{mine}", seen_at_ms=self.clock_ms)
        found = index.search(asked, below, variants=variants, at_most=1_000)
        expected = self.model.search(asked, below, NEAR_BITS, variants)
        assert [(one.distance_bits, one.position) for one in found.sightings] == expected
        assert found.left_out == 0

    @invariant()
    def it_knows_the_same_ids(self) -> None:
        if hasattr(self, "index"):
            for number in range(0, 31, 5):
                for name in (a_claim_sighting(number).sighting_id, a_catalogue_sighting(number).sighting_id):
                    known = self.model.known(name)
                    assert self.index.position_of(name) == (None if known is None else known.position)

    def teardown(self) -> None:
        if hasattr(self, "index"):
            self.index.close()
        self.folder.cleanup()


TestIndex = Index.TestCase
TestIndex.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestIndex = pytest.mark.timeout(600)(TestIndex)
