"""The alerts for Prometheus fire when they should, name metrics that there are, and are explained."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Counter, Info
from prometheus_client.metrics import MetricWrapperBase

from streams.console.metrics import ConsoleMetrics
from streams.metrics import Metrics
from tests.real import parts

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
    if "alert" in rule
]

TESTS = ("alerts.test.yaml", "alerts-of-days.test.yaml")
LOOKS: list[dict[str, Any]] = [
    look
    for name in TESTS
    for test in yaml.safe_load((DEPLOY / "prometheus" / name).read_text(encoding="utf-8"))["tests"]
    for look in test["alert_rule_test"]
]


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "command",
    [
        ("check", "rules", "alerts.yaml"),
        ("check", "config", "prometheus.yml"),
        ("test", "rules", *TESTS),
    ],
)
def test_prometheus_itself_takes_the_alerts_and_fires_them_as_its_test_says(command: tuple[str, ...]) -> None:
    parts.need("Prometheus")
    done = subprocess.run(
        ["promtool", *command],
        cwd=DEPLOY / "prometheus",
        env=os.environ | {"GOGC": "800"},  # memory is there: with less collecting it takes a fifth less
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_are_about_metrics_that_there_are() -> None:
    known = {
        metric._name + ("_total" if isinstance(metric, Counter) else "_info" if isinstance(metric, Info) else "")
        for metric in (vars(Metrics()) | vars(ConsoleMetrics())).values()
        if isinstance(metric, MetricWrapperBase)
    }
    named = {name for rule in RULES for name in re.findall(r"sentinel_\w+", rule["expr"])}
    assert named
    assert named - known == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_each_alert_is_seen_to_fire_and_to_be_silent_and_is_explained_where_it_links_to(rule: dict[str, Any]) -> None:
    fires = {bool(look["exp_alerts"]) for look in LOOKS if look["alertname"] == rule["alert"]}
    assert fires == {True, False}
    page, _, heading = rule["annotations"]["runbook_url"].partition("#")
    explained = (DEPLOY.parent / page).read_text(encoding="utf-8")
    assert f"`{rule['alert']}`" in explained
    assert heading in {title.lower().replace(" ", "-") for title in re.findall(r"(?m)^#+ (.+)$", explained)}
