"""A message that was not read whole, and stands for itself with why: whoever decodes it hears that."""

from typing import Self


class LeftOut(bytes):
    """No bytes, in the place of at least ``size``; ``why`` is a sentence."""

    size: int
    why: str

    def __new__(cls, size: int, why: str) -> Self:
        """Return what stands for a value of at least ``size`` bytes."""
        made = super().__new__(cls)
        made.size, made.why = size, why
        return made
