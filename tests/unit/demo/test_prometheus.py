"""The Prometheus beside the demo reads what the demo runs, under the jobs that the alerts know."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from streams.demo import prometheus
from streams.demo.stack import Stack
from streams.errors import OperatorError
from streams.settings import Settings


class Running(Stack):
    """A demo whose workers answer."""

    def addresses(self) -> dict[str, str]:
        return {"enrich": "http://127.0.0.1:9001", "decide": "http://127.0.0.1:9002"}


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    not_looked_at: Any = None
    return Running(
        folder=tmp_path,
        environment={},
        settings=Settings(),
        workers=not_looked_at,
        console=not_looked_at,
        console_address="http://127.0.0.1:9003",
        api_key="",
        account=not_looked_at,
        photo_makers=(),
    )


def test_workers_and_console_are_targets_of_the_jobs_that_alerts_are_about(stack: Stack) -> None:
    told = json.loads(json.dumps(prometheus.configuration(stack)))

    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in told["scrape_configs"]}
    assert targets == {
        "refund-sentinel": ["127.0.0.1:9001", "127.0.0.1:9002"],
        "refund-sentinel-console": ["127.0.0.1:9003"],
    }
    [rules] = told["rule_files"]
    assert all(f'job="{job}"' in Path(rules).read_text(encoding="utf-8") for job in targets)


@pytest.mark.prometheus
@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool here")
def test_prometheus_takes_what_it_is_told(stack: Stack) -> None:
    config = stack.folder / "prometheus.yml"
    config.write_text(json.dumps(prometheus.configuration(stack)), encoding="utf-8")
    done = subprocess.run(("promtool", "check", "config", str(config)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_where_there_is_none_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OperatorError, match="apt-get install --no-install-recommends prometheus"):
        prometheus.require()


def test_the_dashboards_that_are_named_are_there() -> None:
    assert list(prometheus.carried("grafana").glob("*.json"))
