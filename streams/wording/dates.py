"""Times as people write them."""

from datetime import UTC, datetime


def moment(at_ms: int) -> str:
    """Return a time (Unix milliseconds) as people read it, UTC: ``2026-09-21 13:46:40 UTC``."""
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
