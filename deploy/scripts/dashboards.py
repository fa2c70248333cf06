"""Writes the dashboards for Grafana from deploy/grafana/dashboards.yaml; ``--check`` says which are not fresh.

Run: python -m deploy.scripts.dashboards
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

FOLDER = Path(__file__).parents[1] / "grafana"
SOURCE = FOLDER / "dashboards.yaml"
WIDE, WIDTH, HEIGHT = 24, 8, 8
"""Grafana's columns, and a panel's size in them."""
SCHEMA = 39
"""Of Grafana 10 and later; an older one is told so when it imports."""
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
JOB = "refund-sentinel"


class Query(msgspec.Struct, forbid_unknown_fields=True):
    """An expression in PromQL, and how its series are named."""

    expr: str
    legend: str


class Panel(msgspec.Struct, forbid_unknown_fields=True):
    """One picture."""

    title: str
    about: str
    unit: Literal["short", "s", "bytes", "reqps", "percentunit"]
    queries: list[Query]
    kind: Literal["timeseries", "stat"] = "timeseries"


class Row(msgspec.Struct, forbid_unknown_fields=True):
    """Panels under one heading."""

    title: str
    panels: list[Panel]


class Dashboard(msgspec.Struct, forbid_unknown_fields=True):
    """One page of Grafana."""

    uid: str
    title: str
    about: str
    rows: list[Row]


def dashboards() -> list[Dashboard]:
    """Return the dashboards as they are written; raises ``msgspec.ValidationError``, which names the place."""
    return msgspec.yaml.decode(SOURCE.read_bytes(), type=list[Dashboard])


def rendered() -> Mapping[Path, str]:
    """Return what each file is to hold."""
    return {FOLDER / f"{one.uid}.json": json.dumps(_page(one), indent=1) + "\n" for one in dashboards()}


def main(arguments: Sequence[str]) -> int:
    """Write the files, or return 1 where ``--check`` finds one that is not fresh."""
    made = rendered()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    gone = [path for path in FOLDER.glob("*.json") if path not in made]
    if "--check" in arguments:
        for path in stale + gone:
            print(f"{path.name} is not fresh: run `make generate`")  # noqa: T201 - a script speaks to its terminal
        return 1 if stale or gone else 0
    for path in stale:
        path.write_text(made[path], encoding="utf-8")
    for path in gone:
        path.unlink()
    return 0


def _page(dashboard: Dashboard) -> dict[str, Any]:
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.about,
        "tags": [JOB],
        "schemaVersion": SCHEMA,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [{"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]
        },
        "annotations": {"list": list(_annotations())},
        "links": [{"title": "Dashboards", "type": "dashboards", "tags": [JOB], "asDropdown": True}],
        "panels": list(_panels(dashboard.rows)),
    }


def _annotations() -> Iterator[dict[str, Any]]:
    yield {
        "name": "Workers start",
        "datasource": DATASOURCE,
        "enable": True,
        "iconColor": "blue",
        "expr": f'changes(process_start_time_seconds{{job=~"{JOB}.*"}}[1m]) > 0',
        "titleFormat": "{{instance}} started",
    }
    yield {
        "name": "Policy activated",
        "datasource": DATASOURCE,
        "enable": True,
        "iconColor": "purple",
        "expr": "max(increase(sentinel_policy_changes_total[1m])) > 0",
        "titleFormat": "another policy is in force",
    }
    yield {
        "name": "Release",
        "datasource": DATASOURCE,
        "enable": True,
        "iconColor": "green",
        "expr": "count(count by (version) (sentinel_build_info)) > 1",
        "titleFormat": "two versions run side by side",
    }


def _panels(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    number, top = 0, 0
    for row in rows:
        number += 1
        yield {"id": number, "type": "row", "title": row.title, "collapsed": False, "gridPos": _place(0, top, WIDE, 1)}
        top += 1
        for at, panel in enumerate(row.panels):
            number += 1
            yield _panel(panel, number, _place(at * WIDTH % WIDE, top + at * WIDTH // WIDE * HEIGHT, WIDTH, HEIGHT))
        top += -(-len(row.panels) * WIDTH // WIDE) * HEIGHT


def _panel(panel: Panel, number: int, place: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": DATASOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + at), "datasource": DATASOURCE, "expr": query.expr, "legendFormat": query.legend}
            for at, query in enumerate(panel.queries)
        ],
    }


def _place(x: int, y: int, width: int, height: int) -> dict[str, int]:
    return {"x": x, "y": y, "w": width, "h": height}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
