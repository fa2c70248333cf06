"""Grafana's dashboards name metrics that there are, show all that there are, and are written from one file."""

import json
import re
import subprocess
from pathlib import Path

import msgspec
import pytest
from prometheus_client import Counter, Histogram, Info
from prometheus_client.metrics import MetricWrapperBase

from deploy.scripts import dashboards as script
from streams.console.metrics import ConsoleMetrics
from streams.metrics import Metrics
from tests.real import parts

SUFFIX: dict[type, str] = {Counter: "_total", Info: "_info"}
OF_A_HISTOGRAM = re.compile(r"_(?:bucket|count|sum)$")
METRICS = [*vars(Metrics()).values(), *vars(ConsoleMetrics()).values()]
NO_PICTURE = {"sentinel_audit_head_info"}
"""Metrics whose worth is in a label."""
QUERIES = [
    query for page in script.dashboards() for row in page.rows for panel in row.panels for query in panel.queries
]


def known() -> set[str]:
    return {metric._name + SUFFIX.get(type(metric), "") for metric in METRICS if isinstance(metric, MetricWrapperBase)}


def shown() -> set[str]:
    histograms = {metric._name for metric in METRICS if isinstance(metric, Histogram)}
    names = {name for query in QUERIES for name in re.findall(r"sentinel_\w+", query.expr)}
    return {OF_A_HISTOGRAM.sub("", name) if OF_A_HISTOGRAM.sub("", name) in histograms else name for name in names}


def test_every_panel_is_about_metrics_that_there_are() -> None:
    assert shown() - known() == set()


def test_every_metric_of_workers_and_console_is_shown_somewhere() -> None:
    assert known() - shown() - NO_PICTURE == set()


def test_the_written_dashboards_are_fresh() -> None:
    assert script.main(["--check"]) == 0


def test_no_two_panels_of_a_dashboard_lie_on_one_another() -> None:
    for text in script.rendered().values():
        taken = [
            (x, y)
            for panel in json.loads(text)["panels"]
            for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
            for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
        ]
        assert len(taken) == len(set(taken))


@pytest.mark.parametrize(
    ("wrong", "place"), [("unit: short", "$[0].rows[0].panels[0].unit"), ("kind: stat", "$[0].rows[0].panels[0].kind")]
)
def test_what_is_wrong_in_the_file_is_named_with_its_place(
    wrong: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "dashboards.yaml"
    source.write_text(script.SOURCE.read_text(encoding="utf-8").replace(wrong, f"{wrong}y", 1), encoding="utf-8")
    monkeypatch.setattr(script, "SOURCE", source)
    with pytest.raises(msgspec.ValidationError) as error:
        script.dashboards()
    assert place in str(error.value)


@pytest.mark.prometheus
def test_prometheus_itself_takes_every_expression(tmp_path: Path) -> None:
    parts.need("Prometheus")
    rules = [
        {"record": f"panel:{number}", "expr": query.expr.replace("$__rate_interval", "1m")}
        for number, query in enumerate(QUERIES)
    ]
    (tmp_path / "rules.yaml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run(
        ["promtool", "check", "rules", "rules.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
