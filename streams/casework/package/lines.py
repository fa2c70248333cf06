"""Where lines of Chinese and of other writing end: what a reader minds is not done, else lines break anywhere.

No full stop or closing bracket begins a line, no opening one ends it; a word, a number and a time stay whole. What has
no place to break and is wider than the line, as a hash is, breaks where the line is full. Pure.
"""

from collections.abc import Callable, Iterator

NEVER_FIRST = frozenset("。，、；：！？）】」』〕〉》”’…％·—～" + ".,;:!?)]}%")
NEVER_LAST = frozenset("（【「『〔〈《“‘￥¥" + "([{")
AFTER = frozenset("/_-")
"""Signs within a word after which a line may end, where a letter follows: paths and codes are long."""
_FIRST_WIDE = "\u2e80"
"""From here on signs stand for themselves, as Chinese ones do: a line may end after each."""


def broken(text: str, width: float, wide: Callable[[str], float]) -> str:
    """Return the text with a line break wherever a line of ``width`` is full; ``wide`` measures a text, in its unit."""
    return "\n".join(line for given in text.split("\n") for line in _lines(given, width, wide))


def _lines(text: str, width: float, wide: Callable[[str], float]) -> Iterator[str]:
    line = ""
    for part in _parts(text):
        if wide((line + part).rstrip()) <= width:
            line += part
            continue
        if line.strip():
            yield line.rstrip()
        line = part
        while wide(line.rstrip()) > width and len(line) > 1:
            fits = _fitting(line, width, wide)
            yield line[:fits]
            line = line[fits:]
    yield line.rstrip()


def _fitting(text: str, width: float, wide: Callable[[str], float]) -> int:
    """Return how many signs of a text fit into a line, at least one."""
    fits, used = 0, 0.0
    for sign in text:
        used += wide(sign)
        if used > width:
            break
        fits += 1
    return max(1, fits)


def _parts(text: str) -> Iterator[str]:
    """Yield the pieces between which lines may end."""
    begun = 0
    for place in range(1, len(text)):
        if _may_end(text[place - 1], text[place]):
            yield text[begun:place]
            begun = place
    yield text[begun:]


def _may_end(before: str, after: str) -> bool:
    if after in NEVER_FIRST or before in NEVER_LAST or after == " ":
        return False
    if before == " " or before >= _FIRST_WIDE or after >= _FIRST_WIDE:
        return True
    return before in AFTER and after.isalpha()
