"""JSON Schema 2020-12 of every record that a topic carries, made from the records themselves."""

import inspect
import re
from typing import Any

import msgspec

from schemas.records.base import Record
from schemas.topics import TOPICS, Topic

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def kebab(kind: type[Record]) -> str:
    """Return the record's name as files and folders bear it: ``RefundRequested`` is ``refund-requested``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def schema_of(topic: Topic) -> Schema:
    """Return the schema of the topic's record, whole in itself."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:refund-sentinel:{topic.name}",
        "title": topic.record.__name__,
        **readable(msgspec.json.schema(topic.record)),
    }


def component_schemas() -> dict[str, Schema]:
    """Return the schemas of all records and their parts, by name, which refer to each other as AsyncAPI does."""
    kinds = [topic.record for topic in TOPICS]
    _, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    return {name: readable(schema) for name, schema in components.items()}


def readable(node: Any) -> Any:
    """Return the schema with its descriptions (our docstrings) unindented and in Markdown."""
    if isinstance(node, list):
        return [readable(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: inspect.cleandoc(value).replace("``", "`")
        if key == "description" and isinstance(value, str)
        else readable(value)
        for key, value in node.items()
    }
