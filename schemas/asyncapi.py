"""The AsyncAPI 3 document: every topic as a channel, who sends and receives on it, and what its messages are."""

from typing import Any

from schemas.json_schema import component_schemas
from schemas.topics import TOPICS, Topic

BINDING = "0.5.0"
BINDING_KNOWS = ("retention.ms", "delete.retention.ms", "max.message.bytes")

Document = dict[str, Any]


def document() -> Document:
    """Return the document, as plain data."""
    schemas = component_schemas()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "refund-sentinel",
            "version": "1",
            "description": "Refund requests in, one decision each out. The version is the topics' own: a change that"
            " would break a reader or a writer is a new topic.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {
            f"{part}.{action}.{topic.name}": _operation(topic, part, action)
            for topic in TOPICS
            for action, parts in (("send", topic.written_by), ("receive", topic.read_by))
            for part in parts
        },
        "components": {
            "messages": {topic.record.__name__: _message(topic, schemas) for topic in TOPICS},
            "schemas": schemas,
        },
    }


def _channel(topic: Topic) -> Document:
    name, config = topic.record.__name__, topic.config()
    return {
        "address": topic.name,
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {"cleanup.policy": topic.cleanup.split(",")}
                | {key: int(config[key]) for key in BINDING_KNOWS if key in config},
                "bindingVersion": BINDING,
            }
        },
        "x-kafka-config": config,
    }


def _operation(topic: Topic, part: str, action: str) -> Document:
    name = topic.record.__name__
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{name}"}],
        "title": f"{part} {action}s {name}",
    }


def _message(topic: Topic, schemas: dict[str, Document]) -> Document:
    name = topic.record.__name__
    return {
        "name": name,
        "title": name,
        "summary": schemas[name]["description"].partition("\n")[0],
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{name}"},
        "bindings": {"kafka": {"key": _key(topic, schemas), "bindingVersion": BINDING}},
        "x-max-bytes": topic.max_message_bytes,
    }


def _key(topic: Topic, schemas: dict[str, Document]) -> Document:
    """Return the schema of the message key: that of the field it repeats, which another record may carry."""
    bearers = [schemas[topic.record.__name__], *schemas.values()]
    fields = [schema["properties"][topic.key] for schema in bearers if topic.key in schema.get("properties", {})]
    field = fields[0] if fields else {"type": "string"}
    return {**field, "description": f"{topic.key}, UTF-8"}
