"""How a file's own words are shown: short, on one line, and nothing in them that a terminal or a page would obey."""

LONGEST_VALUE = 80
LONGEST_DETAIL = 400


def shown(value: str, longest: int = LONGEST_VALUE) -> str:
    """Return a value from a file, cut to ``longest`` characters, white space folded, all else unprintable as a dot."""
    start = " ".join(value[: 4 * longest].split())
    clean = "".join(sign if sign.isprintable() else "·" for sign in start)
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"
