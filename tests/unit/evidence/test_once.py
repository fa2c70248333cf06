"""Looks at a pair that are taken once: the answer is kept with the pair, and with no other."""

from dataclasses import replace

from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.once import once


def test_a_look_is_taken_once_for_each_pair() -> None:
    looked: list[int] = []

    @once
    def look(beside: PairResult) -> list[int]:
        looked.append(len(beside.readings))
        return [*looked]

    pair = PairResult(())
    assert look(pair) is look(pair)
    assert look(replace(pair)) == [0, 0]
    assert look(PairResult(())) == [0, 0, 0]
    assert len(looked) == 3


def test_two_looks_at_one_pair_are_kept_apart() -> None:
    pair = PairResult(())
    assert once(lambda _beside: 1)(pair) == 1
    assert once(lambda _beside: 2)(pair) == 2
    assert pair == PairResult(())
