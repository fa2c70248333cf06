"""Photos as the engine looks at them, for tests: a file that was looked at is not looked at again."""

from functools import lru_cache, partial

from streams.evidence.comparing import comparison
from streams.evidence.comparing.comparison import PairResult, Photo
from streams.evidence.files.colours import ColourImage, develop
from streams.evidence.files.limits import Limits
from streams.evidence.looking import kept_panels
from streams.evidence.looking.examination import Examination, Means, examine

LIMITS = Limits(size_bytes=50_000_000, pixels=100_000_000)


@lru_cache(maxsize=128)
def looked_at(file: bytes, *, reference: bool = False) -> Examination:
    """Return what a claim's file shows, or a ``reference``'s, which is never looked for mirrored."""
    return examine(file, LIMITS, means=Means(mirrored=not reference))


@lru_cache(maxsize=48)
def developed(file: bytes) -> ColourImage:
    """Return a file's pixels as they are compared; nobody may write to them."""
    found = develop(file, LIMITS)
    found.pixels.setflags(write=False)
    return found


def a_photo(file: bytes, *, reference: bool = False) -> Photo:
    """Return a file as it is compared, as a whole."""
    return Photo(kept_panels.whole(looked_at(file, reference=reference).features), partial(developed, file))


def compare_files(claim: bytes, *references: bytes) -> list[PairResult]:
    """Return what a claim's file has to do with each reference's; raises MediaUnreadable when one cannot be read."""
    return comparison.compare(a_photo(claim), [a_photo(one, reference=True) for one in references])
