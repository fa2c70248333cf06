from collections.abc import Callable
from typing import TypeVar

from structlog.testing import capture_logs

from streams.decide.policy_watch import PolicyWatch
from streams.ports import StoredPolicy

T = TypeVar("T")


class Direct:
    """Calls at once, in the test's own thread."""

    async def call(self, name: str, work: Callable[[], T]) -> T:
        assert name == "policy"
        return work()


async def test_the_policy_is_told_at_the_start_and_whenever_it_changes() -> None:
    first, second = (StoredPolicy(name=name, sha256=name * 8, text="") for name in ("default", "stricter"))
    active = iter([first, first, second, second, first])
    watch = PolicyWatch(lambda: next(active), Direct())

    with capture_logs() as said:
        for _ in range(5):
            await watch.look()

    assert [(one["event"], one["policy"], one["before"]) for one in said] == [
        ("policy in force", "default", None),
        ("policy changed", "stricter", first.sha256),
        ("policy changed", "default", second.sha256),
    ]


async def test_each_policy_that_comes_into_force_is_counted_but_not_the_first_nor_one_that_cannot_be_used() -> None:
    first, second, broken = (StoredPolicy(name=name, sha256=name * 8, text="") for name in ("a", "b", "broken"))
    active, changes = iter([first, first, second, broken, second]), list[str]()
    watch = PolicyWatch(
        lambda: next(active), Direct(), lambda policy: policy != broken, changed=lambda: changes.append("another")
    )

    for _ in range(5):
        await watch.look()

    assert changes == ["another"]
