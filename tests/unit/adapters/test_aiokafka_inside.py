"""Names that aiokafka and Faust keep to themselves are leaned on in the pinned versions alone."""

import tomllib
from pathlib import Path

import pytest

import streams
from streams.adapters.kafka import aiokafka_inside
from streams.adapters.kafka.aiokafka_inside import PINNED, require_pinned
from streams.errors import OperatorError

ROOT = Path(streams.__file__).parent


def test_the_versions_that_are_known_from_inside_are_those_that_are_pinned() -> None:
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = dict(one.split("==") for one in project["dependencies"] if "==" in one)
    assert {name.partition("[")[0]: found for name, found in pins.items() if name.partition("[")[0] in PINNED} == PINNED
    require_pinned()


@pytest.mark.parametrize("name", PINNED)
def test_a_foreign_version_is_named_with_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiokafka_inside, "version", lambda one: "9.9.9" if one == name else PINNED[one])
    with pytest.raises(OperatorError, match=rf"^{name} 9\.9\.9 is installed.* pip install {name}=={PINNED[name]}$"):
        require_pinned()


def test_no_other_module_of_the_adapters_knows_a_name_of_aiokafkas_own() -> None:
    others = (path for path in (ROOT / "adapters" / "kafka").glob("*.py") if path.stem != "aiokafka_inside")
    assert [path.name for path in others if "SLF001" in path.read_text(encoding="utf-8")] == []
