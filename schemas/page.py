"""The tables of the integrator's page, made from the topics; the words around them are written by hand."""

import re
from collections.abc import Callable
from pathlib import Path

from schemas.topics import DAY_MS, TOPICS, Topic

PATH = Path("deploy/docs/contracts.md")


def with_tables(page: str) -> str:
    """Return the page with what stands between each pair of ``<!-- begin … -->`` and ``<!-- end … -->`` made anew."""
    for name, table in TABLES.items():
        pattern = rf"(?<=<!-- begin {name} -->\n).*?(?=<!-- end {name} -->)"
        page = re.sub(pattern, lambda _, table=table: table(), page, flags=re.DOTALL)  # type: ignore[misc]  # a lambda cannot be annotated
    return page


def _topics() -> str:
    lines = ["| topic | key | partitions | kept | at most | time | written by | read by | record |", "|---" * 9 + "|"]
    return "\n".join(lines + [_row(topic) for topic in TOPICS]) + "\n"


def _row(topic: Topic) -> str:
    cells = (
        f"`{topic.name}`",
        topic.key,
        str(topic.partitions),
        _kept(topic),
        f"{topic.max_message_bytes // 1024} KiB",
        "broker's" if topic.timestamp == "LogAppendTime" else "sender's",
        ", ".join(topic.written_by),
        ", ".join(topic.read_by),
        f"`{topic.record.__name__}`",
    )
    return f"| {' | '.join(cells)} |"


def _kept(topic: Topic) -> str:
    days = None if topic.kept_ms is None else f"{topic.kept_ms // DAY_MS} d"
    return ", ".join(part for part in ("compacted" if "compact" in topic.cleanup else None, days) if part)


TABLES: dict[str, Callable[[], str]] = {"topics": _topics}
