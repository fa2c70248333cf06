from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from schemas.records import PhotoSighted
from streams.sightings.index import SightingIndex

MakeIndex = Callable[..., SightingIndex]


@pytest.fixture(params=["in memory", "while sealing", "sealed", "merged", "reopened"])
def an_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeIndex]:
    """Make an index that holds sightings at the positions 0, 1, 2 ..., wherever photos may lie at a time."""
    with ExitStack() as stack:

        def make(sightings: Sequence[PhotoSighted] = (), **settings: Any) -> SightingIndex:
            index = SightingIndex(tmp_path / "index", **settings)
            for position, sighting in enumerate(sightings):
                index.add(position, sighting)
                index.advance(position + 1)
                if request.param == "merged" and position % 3 == 1:
                    index.seal()
            if request.param == "while sealing":
                index.begin_sealing()
            elif request.param != "in memory":
                index.seal(everything=request.param == "merged")
            if request.param == "reopened":
                index.close()
                index = SightingIndex(tmp_path / "index", **settings)
            stack.callback(index.close)
            return index

        yield make
