"""The example messages beside the schemas, by record."""

import json
from pathlib import Path
from typing import Any, Literal

import jsonschema

from schemas.generate import GENERATED, ROOT
from schemas.json_schema import kebab
from schemas.records.base import Record
from schemas.topics import TOPICS

EXAMPLES = ROOT / "schemas" / "examples"
KINDS = tuple(topic.record for topic in TOPICS)


def examples(which: Literal["valid", "invalid"]) -> list[tuple[type[Record], Path]]:
    return [(kind, path) for kind in KINDS for path in sorted((EXAMPLES / which / kebab(kind)).glob("*.json"))]


def named(value: object) -> str | None:
    return value.stem if isinstance(value, Path) else value.__name__ if isinstance(value, type) else None


def validator(kind: type[Record]) -> jsonschema.Draft202012Validator:
    schema: dict[str, Any] = json.loads((ROOT / GENERATED / "json" / f"{kebab(kind)}.json").read_text("utf-8"))
    return jsonschema.Draft202012Validator(schema)
