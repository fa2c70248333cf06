"""The check of sizes can fail: each goal is missed once by made-up modules."""

from dataclasses import replace
from pathlib import Path

import pytest

from deploy.scripts.sizes import REASON, Module, circle, main, misses, modules

SMALL = Module(name="streams.a", lines=80, functions=(5,) * 100, imports=frozenset(), reason=False)


def missed(*found: Module) -> list[str]:
    return [one.partition(",")[0] for one in misses(found)]


def test_small_modules_miss_no_goal() -> None:
    assert missed(SMALL, SMALL, SMALL) == []


def test_a_large_median_is_missed() -> None:
    assert missed(SMALL, replace(SMALL, lines=96), replace(SMALL, lines=97)) == ["the median module has 96 lines"]


def test_too_many_long_functions_are_missed() -> None:
    assert missed(replace(SMALL, functions=(20,) * 93 + (21,) * 7)) == []
    assert missed(replace(SMALL, functions=(20,) * 92 + (21,) * 8)) == ["92.0% of functions have 20 lines or fewer"]


def test_a_long_module_states_its_reason() -> None:
    long = replace(SMALL, name="streams.long", lines=251)
    assert missed(SMALL, SMALL, long, SMALL) == [f"streams.long has 251 lines and no comment `{REASON}…`"]
    assert missed(SMALL, SMALL, SMALL, replace(long, reason=True), replace(long, lines=250)) == []


def test_a_circle_of_files_is_named() -> None:
    assert circle({"a": ["b"], "b": ["c"], "c": []}) == []
    ring = circle({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]})
    assert (ring[0], set(ring)) == (ring[-1], {"a", "b", "c"})


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Three modules: one imports another for types alone, in a function, and from the package."""
    package = tmp_path / "streams" / "room"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""Nothing but words."""\n')
    (package / "one.py").write_text(
        "from streams.room import two\n\n\ndef f() -> None:\n    import streams.room.three\n"
    )
    (package / "two.py").write_text(f"{REASON}it is so.\nX = 1\n")
    (package / "three.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import streams.room.one\n"
    )
    return tmp_path


def test_modules_are_read_with_all_that_they_import_wherever_they_do(tree: Path) -> None:
    found = {module.name: module for module in modules(tree)}
    assert set(found) == {"streams.room.one", "streams.room.two", "streams.room.three"}
    assert found["streams.room.one"].imports == {"streams.room.two", "streams.room.three"}
    assert (found["streams.room.one"].lines, found["streams.room.one"].functions) == (5, (2,))
    assert [name for name, module in found.items() if module.reason] == ["streams.room.two"]


def test_it_fails_where_a_goal_is_missed_and_says_which(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tree)
    assert main() == 1
    assert "MISSED: these files import each other in a circle: streams.room." in capsys.readouterr().out
