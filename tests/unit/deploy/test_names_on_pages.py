"""Every metric, alert, path, link and command within a sentence of a page is one that there is."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from streams.console.metrics import ConsoleMetrics
from streams.metrics import Metrics
from tests.unit.deploy.test_commands import MODULES, ROOT, wrong_with

DEPLOY = ROOT / "deploy"
PAGES = [ROOT / "README.md", *sorted((DEPLOY / "docs").rglob("*.md"))]
RULES = DEPLOY / "prometheus" / "alerts.yaml"
REGISTRIES = (Metrics().registry, ConsoleMetrics().registry)
FAMILIES = [family for registry in REGISTRIES for family in registry.collect()]
METRICS = {family.name for family in FAMILIES} | {one.name for family in FAMILIES for one in family.samples}
LINES_OF_LOGS = {"audit sealed"}
"""What begins as a command does, and is none."""
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def without_blocks(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def in_code(text: str) -> list[str]:
    """Return what stands between backticks in sentences and tables."""
    return [said.replace("\n", " ") for said in re.findall(r"`([^`]+)`", without_blocks(text))]


def unknown_metrics(text: str) -> set[str]:
    named = set(re.findall(r"\bsentinel_[a-z0-9_]*[a-z0-9](?![\w*…])", text))
    return {name for name in named if name not in METRICS and f"{name}_total" not in METRICS}


def alerts() -> set[str]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}


def unknown_alerts(text: str) -> set[str]:
    return {said for said in in_code(text) if re.fullmatch(r"Sentinel[A-Z]\w+", said)} - alerts()


def missing_paths(text: str) -> set[str]:
    named = {
        re.split(r"[#:]", said)[0]
        for said in in_code(text)
        if re.match(r"(deploy|streams|tests|schemas)/[\w./*-]+$", said)
    }
    return {path for path in named if not any(ROOT.glob(path.rstrip("/")))}


def wrong_commands(text: str) -> Iterator[tuple[str, str]]:
    for said in in_code(text):
        try:
            words = shlex.split(said)
        except ValueError:
            continue
        words = words[1:] if words[:1] == ["refund-sentinel"] else words
        if len(words) < 2 or words[0] not in MODULES or said in LINES_OF_LOGS:
            continue
        for one in words[1].split("|"):  # `account list|close|password NAME`
            if wrong := wrong_with([words[0], one, *words[2:]]):
                yield said, wrong


def anchors(page: Path) -> set[str]:
    heads = (
        re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", head).lower())
        for head in HEADING.findall(without_blocks(page.read_text(encoding="utf-8")))
    )
    return {head.strip().replace(" ", "-") for head in heads}


def dead_links(page: Path) -> set[str]:
    dead = set()
    for link in re.findall(r"\]\(([^)\s]+)\)", without_blocks(page.read_text(encoding="utf-8"))):
        where, _, anchor = link.partition("#")
        target = (page.parent / where).resolve() if where else page
        if re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.add(link)
    return dead


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert unknown_metrics(text) == set()
    assert unknown_alerts(text) == set()
    assert missing_paths(text) == set()
    assert dict(wrong_commands(text)) == {}
    assert dead_links(page) == set()


def test_each_kind_of_wrong_name_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    text = (
        "# A page\n`sentinel_redy` and `sentinel_ready`, `SentinelNone`, `streams/nowhere.py`, `dlq lst`, "
        "`account list|clse NAME`, `refund-sentinel db check --jsn`, `sentinel_calls_*`, [here](#a-page), "
        "[there](#b-page), [gone](gone.md)\n```console\n`dlq lst`\n```\n"
    )
    page.write_text(text)

    assert unknown_metrics(text) == {"sentinel_redy"}
    assert unknown_alerts(text) == {"SentinelNone"}
    assert missing_paths(text) == {"streams/nowhere.py"}
    assert {said for said, _ in wrong_commands(text)} == {
        "dlq lst",
        "account list|clse NAME",
        "refund-sentinel db check --jsn",
    }
    assert dead_links(page) == {"#b-page", "gone.md"}


def test_a_share_is_told_from_a_least_number_on() -> None:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    rules = {rule["alert"]: rule["expr"] for group in groups for rule in group["rules"] if "alert" in rule}
    shares = {name: expr for name, expr in rules.items() if " / " in expr or "ratio" in expr}

    assert len(shares) > 5
    assert {name for name, expr in shares.items() if not re.search(r"(increase\(.*|number\w+) > \d", expr)} == set()
