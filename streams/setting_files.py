"""Files that settings name, read whole and no further: ``/dev/zero`` has no end, and a pipe may never begin."""

from pathlib import Path

MOST_BYTES = 16 * 1024 * 1024
"""Keys, certificates and lists are thousands of times smaller."""


def content_of(file: Path) -> bytes:
    """Return the bytes of a file; ``OSError`` where it cannot be read, ``ValueError`` for a pipe or over 16 MiB."""
    if file.exists() and not file.is_file() and not file.is_dir():
        msg = "it is no file, and may have no end"
        raise ValueError(msg)
    with file.open("rb") as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        msg = f"it has more than the {MOST_BYTES:,} bytes that are read of a file"
        raise ValueError(msg)
    return content
