"""The alerts for Prometheus fire when they should, name metrics that there are, and are explained."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Counter
from prometheus_client.metrics import MetricWrapperBase

from streams.metrics import Metrics
from tests.real import parts

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
    if "alert" in rule
]


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "command",
    [
        ("check", "rules", "alerts.yaml"),
        ("check", "config", "prometheus.yml"),
        ("test", "rules", "alerts.test.yaml"),
    ],
)
def test_prometheus_itself_takes_the_alerts_and_fires_them_as_its_test_says(command: tuple[str, ...]) -> None:
    parts.need("Prometheus")
    done = subprocess.run(
        ["promtool", *command], cwd=DEPLOY / "prometheus", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_are_about_metrics_that_there_are() -> None:
    known = {
        metric._name + ("_total" if isinstance(metric, Counter) else "")
        for metric in vars(Metrics()).values()
        if isinstance(metric, MetricWrapperBase)
    }
    named = {name for rule in RULES for name in re.findall(r"sentinel_\w+", rule["expr"])}
    assert named
    assert named - known == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_each_alert_is_tested_and_explained(rule: dict[str, Any]) -> None:
    tested = (DEPLOY / "prometheus" / "alerts.test.yaml").read_text(encoding="utf-8")
    explained = (DEPLOY / "docs" / "operation.md").read_text(encoding="utf-8")
    assert f"alertname: {rule['alert']}\n" in tested
    assert f"`{rule['alert']}`" in explained
