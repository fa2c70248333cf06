"""What CEL says of a rule that it cannot compile, with where it stands and what was probably meant."""

import re
from collections.abc import Iterable, Mapping, Sequence

from streams.policy.refusals import near
from streams.policy.variable import Variable

PAGE = "deploy/docs/policy.md"
_PLACE = re.compile(r"(\d+):(\d+): ")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_TEXTS = re.compile(r"\"[^\"]*\"|'[^']*'")
_OTHER_WORDS = re.compile(r"\b(?:and|or|not)\b", re.IGNORECASE)
_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_TOO_DEEP = re.compile(r".*recursion limit exceeded\. limit: (\d+).*")
_AND_OR_NOT = "write && for and, || for or, and ! for not"
_CURLY = re.compile("[\u2018\u2019\u201c\u201d\uff02\uff07]")
_FULL_WIDTH = re.compile("[\uff01-\uff5e\u3000]")
_COMMENT = re.compile(r"//[^\n]*")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_FUNCTIONS = (
    ": functions are size, contains, startsWith, endsWith, matches, int, double, string; and all, exists, filter, map"
)
_CHAINED = re.compile(r"no matching overload for '_(<=?|>=?)_' applied to '\(bool, ")
_TOO_LARGE = "invalid int literal"
_COMPARED = 'compare whole numbers with 5, decimals with 5.0, and texts with "5"'


def explained(
    exc: RuntimeError,
    when: str,
    kind: str,
    known: Mapping[str, Sequence[Variable]],
    definitions: Iterable[str] = (),
) -> tuple[int, str]:
    """Return where in ``when`` CEL sees the first error, and what is wrong, without its drawing of the expression.

    ``kind`` is what the rule looks at; ``known`` are the variables of each kind.
    ``definitions`` are names that the policy gives.
    """
    said = str(exc).partition("\n")[0].removesuffix(" [INVALID_ARGUMENT]").removesuffix(" [CANCELLED]")
    said = said.removeprefix("INVALID_ARGUMENT: ").removeprefix("ERROR: ").removeprefix("<input>:")
    place = _PLACE.match(said)
    offset = 0
    if place is not None:
        lines = when.split("\n")[: int(place[1]) - 1]
        offset = sum(len(line) + 1 for line in lines) + int(place[2]) - 1
        said = said[place.end() :]
    unknown, deep = _UNDECLARED.search(said), _TOO_DEEP.fullmatch(said)
    if deep is not None:
        said = f"nested more than {deep[1]} levels deep: use fewer brackets, or two rules"
    elif unknown is not None:
        name = unknown[1]
        begins = when.rfind(name, 0, offset + len(name))
        offset = begins if begins >= 0 else offset
        called = when[offset + len(name) :].lstrip().startswith("(")
        own = "" if called else near(name, definitions)
        said = f"undeclared reference to {name!r}{own or _meant(name, kind, known, called=called)}"
    elif not when.strip():
        said = "the condition is empty: write when the rule fires, as request.amount_minor > 20000"
    elif said.startswith("Syntax error") and (instead := _written(when)) is not None:
        said = f"Syntax error: {instead}"
    elif (chained := _CHAINED.search(said)) is not None:
        said += f": write 1 {chained[1]} a && a {chained[1]} 3, as a comparison is true or false and no number"
    elif "no matching overload" in said:
        said += f": {_COMPARED}"
    elif said == _TOO_LARGE:
        said += ": whole numbers have at most 64 bits"
    return offset, f"{said}; the variables for this kind of rule and their types are in {PAGE}"


def _meant(name: str, kind: str, known: Mapping[str, Sequence[Variable]], *, called: bool) -> str:
    """Return the end of a sentence about a name that rules of this kind do not know."""
    elsewhere = [other for other, variables in known.items() if name in {one.name for one in variables}]
    if _OTHER_WORDS.fullmatch(name):
        return f": {_AND_OR_NOT}"
    if called:
        return _FUNCTIONS
    if elsewhere:
        return f": rules for {' and '.join(elsewhere)} have it"
    if found := near(name, (one.name for one in known[kind])):
        return found
    return "" if "." in name else f': a text is written in quotes, as "{name}"'


def _written(when: str) -> str | None:
    """Return what an expression that is none was to be; None: it is not written as in another language."""
    bare = _COMMENT.sub("", _TEXTS.sub("", when))
    if _OTHER_WORDS.search(bare):
        return _AND_OR_NOT
    if odd := _CURLY.search(bare):
        return f'write a text in straight quotes, as "refund_only": {odd[0]} is another character'
    if odd := _FULL_WIDTH.search(bare):
        return f"{odd[0]} is a full-width character: write the narrow one"
    if odd := _NOT_ASCII.search(bare):
        code = f"U+{ord(odd[0]):04X}"
        if not odd[0].isprintable():
            return f"{code} is a character that does not show, or a blank of another kind: write it anew"
        return f"{odd[0]} ({code}) is no letter of a name, whatever it looks like: write a-z, 0-9, _ and the dot"
    return "write == to compare" if _EQUALS.search(bare) else None
