"""The integrator's page: its words are written by hand, its tables and examples are made from what they are about.

A block stands between ``<!-- begin NAME … -->`` and ``<!-- end -->``; NAME is one of ``BLOCKS``.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from schemas.json_schema import component_schemas
from schemas.topics import TOPICS, Topic
from schemas.units import DAY_MS

PATH = Path("deploy/docs/contracts.md")
EXAMPLES = Path(__file__).parent / "examples"
BLOCK = re.compile(r"(<!-- begin (\w+) ?(\S*) -->\n).*?(<!-- end -->)", re.DOTALL)


def with_blocks(page: str) -> str:
    """Return the page with every block made anew; raises KeyError for a block that nobody makes."""
    return BLOCK.sub(lambda found: found[1] + BLOCKS[found[2]](found[3]) + "\n" + found[4], page)


def _topics(_: str) -> str:
    lines = ["| topic | key | partitions | kept | at most | time | written by | read by | record |", "|---" * 9 + "|"]
    return "\n".join(lines + [_row(topic) for topic in TOPICS])


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


def _fields(record: str) -> str:
    schema = component_schemas()[record]
    lines = ["| field | must be there | what |", "|---|---|---|"]
    for name, field in schema["properties"].items():
        must = "yes" if name in schema["required"] else f"no: `{json.dumps(field['default'])}`"
        lines.append(f"| `{name}` | {must} | {_what(field)} |")
    return "\n".join(lines)


def _what(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_what(one) for one in field["anyOf"])
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "$ref" in field:
        return f"`{field['$ref'].rpartition('/')[2]}`"
    if field["type"] == "array":
        most = f"at most {field['maxItems']} of " if "maxItems" in field else "list of "
        return most + _what(field["items"])
    between = f"{field['minimum']} to {field['maximum']}" if "maximum" in field else ""
    return ", ".join(part for part in (field.get("description", field["type"]), between) if part)


def _example(name: str) -> str:
    return _json(json.loads((EXAMPLES / "valid" / f"{name}.json").read_text(encoding="utf-8")))


def _digest(index: str) -> str:
    vector = json.loads((EXAMPLES / "digests.json").read_text(encoding="utf-8"))[int(index)]
    return f"{_json(vector['record'])}\n```\n{vector['canonical']}\n```\n```\n{vector['digest']}\n```"


def _json(message: Any) -> str:
    return f"```json\n{json.dumps(message, ensure_ascii=False, indent=1)}\n```"


BLOCKS: dict[str, Callable[[str], str]] = {
    "topics": _topics,
    "fields": _fields,
    "example": _example,
    "digest": _digest,
}
