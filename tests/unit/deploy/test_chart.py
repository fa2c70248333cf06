"""The Helm chart: its values are checked, and what it runs and names is there; rendered where Helm is installed."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from deploy.scripts.chart_settings import with_settings
from streams.cli.app import COMMANDS
from streams.metrics import Metrics
from streams.settings import Settings

CHART = Path(__file__).parents[3] / "deploy" / "helm" / "refund-sentinel"
VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
TEMPLATES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((CHART / "templates").iterdir()))
SETTINGS = {f"SENTINEL_{name.upper()}" for name in Settings.model_fields}
EVERYTHING = (
    "autoscaling.enabled=true,monitoring.serviceMonitor.enabled=true,"
    "console.ingress.enabled=true,console.ingress.host=desk.example,console.ingress.tlsSecret=desk"
)

WRONG: tuple[tuple[str, object], ...] = (
    ("enrich.replicas", 0),
    ("decide.replicas", 13),
    ("autoscaling.min", 0),
    ("image.tag", "latest"),
    ("image.digest", "sha256:1234"),
    ("settings.SENTINEL_BROKER", "kafka:9092"),
    ("settings.SENTINEL_BROKER_PASSWORD", "in the open"),
    ("settings.SENTINEL_BATCH", 5),
    ("settings.SENTINEL_BROKR", "kafka://kafka:9092"),
    ("settings.SENTINEL_POOL_PROCESSES", "many"),
    ("settings.SENTINEL_BROKER_SECURITY", "SASL_SSL"),
    ("settings.SENTINEL_DEAD_LETTER_STOP_RATIO", "10 %"),
    ("settings.SENTINEL_POLICY_FOUR_EYES", "maybe"),
    ("settings.SENTINEL_AUDIT_KEY", "in the open"),
    ("enrich.storage.size", "20 GB"),
    ("console.ingress.enabled", True),
    ("surprise", 1),
)


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the default values with one of them changed."""
    values: dict[str, Any] = json.loads(json.dumps(VALUES))
    *rooms, name = path.split(".")
    room = values
    for step in rooms:
        room = room[step]
    room[name] = value
    return values


def test_the_default_values_are_allowed_and_have_settings_alone() -> None:
    jsonschema.validate(VALUES, SCHEMA)

    assert set(VALUES["settings"]) <= SETTINGS


def test_the_schema_of_values_knows_every_setting_as_it_is_declared() -> None:
    assert with_settings(SCHEMA) == SCHEMA, "run make generate"
    jsonschema.validate(changed("settings.AWS_REGION", "eu-central-1"), SCHEMA)
    jsonschema.validate(changed("settings.SENTINEL_SESSION_TIMEOUT_S", "7.5"), SCHEMA)


@pytest.mark.parametrize(("path", "value"), WRONG, ids=[path for path, _ in WRONG])
def test_a_wrong_value_is_refused(path: str, value: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed(path, value), SCHEMA)


def test_every_value_has_a_place_in_the_schema_and_a_use_in_a_template() -> None:
    used = set(re.findall(r"\.Values\.(\w+)", TEMPLATES)) | {"enrich", "decide"}  # these two by `index`

    assert set(VALUES) == used == set(SCHEMA["properties"]) - {"global"}


def test_templates_name_commands_settings_and_metrics_that_there_are() -> None:
    commands = set(re.findall(r"refund-sentinel (db|topics|worker|account|\w+) (?:upgrade|create|leave)", TEMPLATES))
    started = set(re.findall(r"args: \[(\w+)", TEMPLATES))
    metrics = {name for name, _ in re.findall(r"(sentinel_[a-z_]+)(\{)", TEMPLATES)}

    assert started == {"worker", "console"}
    assert commands
    assert commands | started <= {command.name for command in COMMANDS}
    assert set(re.findall(r"SENTINEL_\w+", TEMPLATES)) <= SETTINGS
    assert metrics <= set(Metrics().registry._names_to_collectors)


def test_chart_and_program_have_one_version() -> None:
    project = (CHART.parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    [version] = re.findall(r'^version = "([\d.]+)"', project, re.MULTILINE)
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))

    assert (chart["version"], chart["appVersion"]) == (version, version)


CUSTOM = {
    path.name.partition("_")[0]: json.loads(path.read_text(encoding="utf-8"))
    for path in (CHART.parent / "schemas").rglob("*.json")
}
CHART_TESTS = {
    path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((CHART / "tests").glob("*_test.yaml"))
}
LEAST: dict[str, dict[str, Any]] = {
    "scaledobject": {"scaleTargetRef": {"name": "a"}, "triggers": [{"type": "prometheus", "metadata": {}}]},
    "servicemonitor": {"selector": {}, "endpoints": [{"port": "metrics"}]},
}
"""What must be there at least."""
ASSERTED = {"contains", "equal", "failedTemplate", "hasDocuments", "isKind", "notExists"}


@pytest.mark.parametrize("name", CHART_TESTS)
def test_what_helm_unittest_runs_names_templates_and_values_that_there_are(name: str) -> None:
    suite = CHART_TESTS[name]
    templates = [one for test in (suite, *suite["tests"]) for one in (*test.get("templates", ()), test.get("template"))]
    given = {key: value for test in suite["tests"] for key, value in test.get("set", {}).items()}

    assert [one for one in templates if one is not None and not (CHART / one).is_file()] == []
    assert {
        how for test in suite["tests"] for each in test["asserts"] for how in each if how != "documentIndex"
    } <= ASSERTED
    for path in (one for one in given if not one.startswith("settings.")):
        room: Any = VALUES
        for step in path.split("."):
            assert step in room, path
            room = room[step]


@pytest.mark.parametrize("kind", LEAST)
def test_the_schemas_of_what_others_define_are_schemas_and_notice_a_misspelt_field(kind: str) -> None:
    jsonschema.Draft7Validator.check_schema(CUSTOM[kind])
    api, name = CUSTOM[kind]["properties"]["apiVersion"]["const"], CUSTOM[kind]["properties"]["kind"]["const"]
    whole = {"apiVersion": api, "kind": name, "metadata": {"name": "rs"}, "spec": LEAST[kind]}

    jsonschema.validate(whole, CUSTOM[kind])
    with pytest.raises(jsonschema.ValidationError, match="minReplicas"):
        jsonschema.validate(whole | {"spec": LEAST[kind] | {"minReplicas": 1}}, CUSTOM[kind])


@pytest.fixture(scope="module")
def rendered() -> dict[tuple[str, str], dict[str, Any]]:
    """Return what the chart makes with everything switched on, by kind and name."""
    if shutil.which("helm") is None:
        pytest.skip("helm is not installed: go install helm.sh/helm/v3/cmd/helm@latest")
    lint = ("helm", "lint", "--strict", str(CHART))
    subprocess.run(lint, check=True, capture_output=True)
    make = ("helm", "template", "rs", str(CHART), "--kube-version", "1.33.0", "--set", EVERYTHING)
    made = subprocess.run(make, check=True, capture_output=True, text=True).stdout
    return {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(made) if one}


def test_pods_have_no_rights_probes_and_secrets_by_reference(rendered: dict[tuple[str, str], dict[str, Any]]) -> None:
    pods = [one["spec"]["template"]["spec"] for one in rendered.values() if "template" in one.get("spec", {})]

    assert len(pods) == 4
    for pod in pods:
        [container] = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert not pod["automountServiceAccountToken"]
        assert pod["enableServiceLinks"] is False, "a release called sentinel gave SENTINEL_CONSOLE_PORT=tcp://…"
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert {"secretRef": {"name": "refund-sentinel"}} in container["envFrom"]
        if container["name"] != "migrations":
            assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)
    assert not [name for kind, name in rendered if kind == "Secret"]


def test_workers_scale_on_lag_never_to_none_and_stay_while_it_is_unknown(
    rendered: dict[tuple[str, str], dict[str, Any]],
) -> None:
    scaled = rendered["ScaledObject", "rs-enrich"]["spec"]
    [trigger] = scaled["triggers"]

    assert scaled["minReplicaCount"] >= 1
    assert scaled["fallback"]["behavior"] == "currentReplicasIfHigher"
    assert trigger["metricType"] == "AverageValue", "KEDA falls back only where it is"
    assert trigger["metadata"]["ignoreNullValues"] == "false"
    assert "replicas" not in rendered["StatefulSet", "rs-enrich"]["spec"], "helm upgrade would undo the scaling"
    assert rendered["StatefulSet", "rs-decide"]["spec"]["replicas"] == 2


def test_what_others_define_is_as_their_schemas_say(rendered: dict[tuple[str, str], dict[str, Any]]) -> None:
    found = {kind: one for (kind, _), one in rendered.items() if kind.lower() in CUSTOM}

    assert set(found) == {"ScaledObject", "ServiceMonitor"}
    for kind, one in found.items():
        jsonschema.validate(one, CUSTOM[kind.lower()])


def test_the_tests_of_the_chart_pass() -> None:
    if shutil.which("helm-unittest") is None:
        pytest.skip("helm-unittest is not installed: go build ./cmd/helm-unittest, in a clone of its repository")
    done = subprocess.run(("helm-unittest", str(CHART)), capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_tables_and_topics_come_before_workers(rendered: dict[tuple[str, str], dict[str, Any]]) -> None:
    job = rendered["Job", "rs-migrations"]

    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert job["spec"]["template"]["spec"]["containers"][0]["args"] == [
        "refund-sentinel db upgrade && refund-sentinel topics create"
    ]
