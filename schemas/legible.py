"""Text from outside (files, exceptions), made fit for a record."""

TEXT_CHARACTERS = 4_000


def legible(text: str, characters: int = TEXT_CHARACTERS) -> str:
    """Return ``text`` as records may hold it: NUL and lone surrogates become U+FFFD, the rest is cut."""
    whole = text[:characters].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "�")[:characters]
