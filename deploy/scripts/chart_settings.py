"""Writes which settings the chart's values may hold into values.schema.json; ``--check`` says whether it is fresh.

A misspelt name, a word that is none of those allowed, and letters for a number fail at `helm lint`. How large a number
may be, workers say when they start.

Run: python -m deploy.scripts.chart_settings
"""

import json
import sys
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from streams.cli.setting_rows import environment_name
from streams.settings import Settings

SCHEMA = Path(__file__).parents[1] / "helm" / "refund-sentinel" / "values.schema.json"
_OF_OTHERS = "^(AWS|OTEL)_[A-Z0-9_]+$"
_WRITTEN: dict[type, dict[str, Any]] = {
    int: {"type": "string", "pattern": "^[0-9]+$"},
    float: {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"},
    bool: {"type": "string", "enum": ["true", "false"]},
}
"""Values of the environment are texts, whatever they mean."""
_BROKER = {"type": "string", "pattern": "^kafka://"}


def with_settings(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the chart's schema with the settings as they are declared; what is said of their names stays."""
    properties = {environment_name(name): _allowed(name, field) for name, field in Settings.model_fields.items()}
    said = {**schema["properties"]["settings"], "additionalProperties": False, "properties": properties}
    said["patternProperties"] = {_OF_OTHERS: {"type": "string"}}
    return {**schema, "properties": {**schema["properties"], "settings": said}}


def main() -> int:
    """Write the schema, or return 1 when it is not as it should be."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    if (wanted := with_settings(schema)) == schema:
        return 0
    if "--check" in sys.argv[1:]:
        sys.stderr.write(f"not fresh: {SCHEMA.name}; run make generate\n")
        return 1
    SCHEMA.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    return 0


def _allowed(name: str, field: FieldInfo) -> dict[str, Any]:
    if name == "broker":
        return _BROKER
    if get_origin(field.annotation) is Literal:
        return {"type": "string", "enum": [*get_args(field.annotation)]}
    own = field.annotation
    return _WRITTEN.get(own, {"type": "string"}) if isinstance(own, type) else {"type": "string"}


if __name__ == "__main__":
    sys.exit(main())
