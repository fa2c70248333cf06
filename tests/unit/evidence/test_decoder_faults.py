"""A short slice of the fuzzing of decoders: the whole is ``python -m tests.fuzz.decoders``."""

import pytest

from tests.fuzz.decoders import OUTCOMES, fuzz, outcome, seeds
from tests.fuzz.mutations import mutated


def test_faulty_files_of_every_format_are_a_picture_or_a_sentence_in_a_process_of_little_memory() -> None:
    tally = fuzz(seed=2, seconds=200, cases=60)
    assert (tally.faults, tally.counts["wrong"]) == ({}, 0)
    assert tally.counts["picture"] > 0
    assert tally.counts["sentence"] > 0


def test_the_same_seed_and_case_give_the_same_file() -> None:
    files = seeds()
    assert [mutated(files, case, 1) for case in range(20)] == [mutated(files, case, 1) for case in range(20)]
    assert mutated(files, 3, 1) != mutated(files, 3, 2)


@pytest.mark.parametrize("case", range(2))
def test_one_case_can_be_looked_at_alone(case: int) -> None:
    assert outcome(mutated(seeds(), case, 1)) in OUTCOMES
