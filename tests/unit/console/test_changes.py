"""Acts are told once, however often they are read again, and a flood of them is told as one."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as some

from streams.casework.changes import AT_ONCE, LOOK_BACK_MS, Changed, Changes


class Trail:
    """A trail in memory."""

    def __init__(self) -> None:
        self.acts: list[Changed] = []

    def since(self, at_ms: int, limit: int) -> Sequence[Changed]:
        return [one for one in self.acts if one.at_ms >= at_ms][:limit]


def an_act(number: int, at_ms: int) -> Changed:
    return Changed(case_id="c", seq=number, at_ms=at_ms, request_id="r", merchant_id="m", buyer_id="b")


@given(
    done=some.lists(some.integers(0, 3 * LOOK_BACK_MS), max_size=20),
    late_ms=some.integers(0, LOOK_BACK_MS // 2),
    every_ms=some.integers(200, 2 * LOOK_BACK_MS),
)
def test_every_act_is_told_once_though_it_is_seen_late(done: list[int], late_ms: int, every_ms: int) -> None:
    trail = Trail()
    changes, told = Changes(trail), []
    for now_ms in range(0, 6 * LOOK_BACK_MS, every_ms):
        trail.acts = [an_act(seq, at_ms) for seq, at_ms in enumerate(done) if at_ms + late_ms <= now_ms]
        told += changes.news(now_ms) or []

    assert sorted(one.seq for one in told) == list(range(len(done)))


def test_more_than_can_be_told_means_look_at_everything() -> None:
    trail = Trail()
    changes = Changes(trail)
    trail.acts = [an_act(number, 0) for number in range(AT_ONCE + 1)]

    assert changes.news(0) is None
    trail.acts = []
    assert changes.news(1) == []
