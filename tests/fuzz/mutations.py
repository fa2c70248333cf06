"""Files with faults put into them by chance: the same seed always gives the same faults."""

import random
import struct
from collections.abc import Callable, Sequence

Change = Callable[[bytearray, random.Random], None]

_TELLING = tuple(struct.pack(">I", value) for value in (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF))
"""Numbers at which lengths, counts and offsets go wrong."""
_LONGEST_RUN = 64


def mutated(seeds: Sequence[bytes], case: int, seed: int = 0) -> bytes:
    """Return the ``case``-th faulty file: one of ``seeds``, with one to sixteen faults in it."""
    chance = random.Random(f"{seed}:{case}")  # noqa: S311 - faults, not secrets
    file = bytearray(chance.choice(seeds))
    for _ in range(1 << chance.randrange(5)):
        chance.choice(_CHANGES)(file, chance)
    if chance.random() < 0.05:
        _splice(file, chance.choice(seeds), chance)
    return bytes(file)


def _flip_a_bit(file: bytearray, chance: random.Random) -> None:
    if file:
        file[_place(file, chance)] ^= 1 << chance.randrange(8)


def _set_a_byte(file: bytearray, chance: random.Random) -> None:
    if file:
        file[_place(file, chance)] = chance.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, chance.randrange(256)))


def _set_a_number(file: bytearray, chance: random.Random) -> None:
    number = chance.choice(_TELLING)[chance.choice((0, 2)) :]
    at = _place(file, chance)
    file[at : at + len(number)] = number if chance.random() < 0.5 else number[::-1]


def _remove_a_run(file: bytearray, chance: random.Random) -> None:
    at = _place(file, chance)
    del file[at : at + chance.randrange(1, _LONGEST_RUN)]


def _repeat_a_run(file: bytearray, chance: random.Random) -> None:
    at = _place(file, chance)
    file[at:at] = file[at : at + chance.randrange(1, _LONGEST_RUN)] * chance.randrange(1, 8)


def _insert_noise(file: bytearray, chance: random.Random) -> None:
    at = _place(file, chance)
    file[at:at] = chance.randbytes(chance.randrange(1, _LONGEST_RUN))


def _move_a_run(file: bytearray, chance: random.Random) -> None:
    at, length = _place(file, chance), chance.randrange(1, _LONGEST_RUN)
    run = file[at : at + length]
    to = _place(file, chance)
    file[to : to + len(run)] = run


def _cut(file: bytearray, chance: random.Random) -> None:
    del file[_place(file, chance) :]


def _splice(file: bytearray, other: bytes, chance: random.Random) -> None:
    """End the file as another one ends."""
    del file[_place(file, chance) :]
    file += other[chance.randrange(len(other) + 1) :]


def _place(file: bytearray, chance: random.Random) -> int:
    """Return a place in the file, headers (the first bytes) as often as all the rest."""
    end = len(file) if chance.random() < 0.5 else min(len(file), 512)
    return chance.randrange(end) if end else 0


_OFTEN: tuple[Change, ...] = (_flip_a_bit, _set_a_byte, _set_a_number, _move_a_run)
_CHANGES: tuple[Change, ...] = (*_OFTEN * 4, _remove_a_run, _repeat_a_run, _insert_noise, _cut)
