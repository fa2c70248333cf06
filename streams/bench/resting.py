"""How much slower this machine is just after a rest: a virtual machine may have to be given its memory anew.

What is asked for five times a second is measured on such a machine as if each call were the first one. Plain Python
under the same pauses says how much of a figure is the machine's.
"""

import time

TIMES = 15
_TABLE = {number: str(number) for number in range(20_000)}


def slower_after(pause_s: float) -> float:
    """Return how many times as long the same plain Python takes after pauses of ``pause_s`` as without (medians)."""
    at_once = _median_s(0)
    return _median_s(pause_s) / at_once


def _median_s(pause_s: float) -> float:
    _loop()
    taken = list[float]()
    for _ in range(TIMES):
        time.sleep(pause_s)
        begun = time.perf_counter()
        _loop()
        taken.append(time.perf_counter() - begun)
    return sorted(taken)[TIMES // 2]


def _loop() -> int:
    return sum(len(_TABLE[number]) for number in range(len(_TABLE)))
