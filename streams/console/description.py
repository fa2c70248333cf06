"""The API's description, completed by what the table of routes and the door add to every route."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from streams.console.identity import ACTOR
from streams.console.problems import MEDIA_TYPE
from streams.console.routes import TABLE

PROBLEM = {
    "type": "object",
    "description": "What was wrong, and what to do (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
NAME = {"type": "string", "maxLength": 128, "pattern": r"^(?!\s*system\s*$)[^\x00-\x1f\x7f-\x9f\xad:]*$"}
EVERYWHERE = {
    "400": "The call cannot be read.",
    "401": "Nobody that is known asks.",
    "403": "Who asks may not do this.",
    "404": "What is named is not there, or is not shown to who asks.",
    "422": "What was given is not as this description asks.",
    "429": "Too many calls; Retry-After says how long to wait.",
    "503": "A part that this needs does not answer; try again.",
}
ON_WRITES = {
    "409": "Somebody else was first, or things cannot go that way from where they stand.",
    "408": "It did not come whole in time.",
    "413": "Too large.",
}


def described(generated: Mapping[str, Any]) -> dict[str, Any]:
    """Return the description that FastAPI ``generated``, completed by roles, errors, and how to say who one is."""
    whole = copy.deepcopy(dict(generated))
    parts = whole.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = PROBLEM
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    parts["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    whole["security"] = [{"bearer": []}]
    for method, path, operation in _operations(whole):
        _complete(operation, method, path)
    return whole


def _operations(whole: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _complete(operation: dict[str, Any], method: str, path: str) -> None:
    route = TABLE.named(f"{method} {path}")
    operation["description"] = f"For: {', '.join(sorted(route.roles or ()))}."
    told = EVERYWHERE | (ON_WRITES if method != "GET" else {})
    answers = operation.setdefault("responses", {})
    for status, says in told.items():
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        answers[status] = {"description": says, "content": content}
    for parameter in operation.setdefault("parameters", []):
        parameter["schema"] = _without_null(parameter["schema"])
    operation["parameters"].append(_actor())


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter that may be left out: what is sent is never null."""
    kinds: list[dict[str, Any]] = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {name: value for name, value in schema.items() if name != "anyOf"} | kinds[0]


def _actor() -> dict[str, Any]:
    says = "The person that the key acts for; part of every entry in the audit trail."
    return {"name": ACTOR, "in": "header", "required": False, "description": says, "schema": NAME}
