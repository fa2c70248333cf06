"""A photo that is known, with what a comparison may ask of it: each is got when it is needed, and once."""

from collections.abc import Callable
from functools import cached_property

from streams.evidence.features import features
from streams.evidence.features.features import Features
from streams.evidence.files.colours import ColourImage
from streams.evidence.pixels.alteration import Altered


class Known:
    """A photo that is known: its bytes' name, its packed features and its pixels, each got when it is needed.

    Getting them may raise :class:`MediaUnreadable`. ``beside`` says where the claim was altered, of a reference that it
    was compared with already.
    """

    def __init__(
        self,
        sha256: str,
        packed: Callable[[], bytes],
        develop: Callable[[], ColourImage],
        beside: Altered | None = None,
    ) -> None:
        self.sha256 = sha256
        self.beside = beside
        self._packed = packed
        self._develop = develop

    @cached_property
    def features(self) -> Features:
        """What was kept of the photo."""
        return features.unpack(self._packed())

    @cached_property
    def print(self) -> ColourImage:
        """The photo in colour."""
        return self._develop()
