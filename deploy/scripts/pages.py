"""Writes the tables that pages take from the code, between their marks; ``--check`` says which are not fresh.

Run: python -m deploy.scripts.pages
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram, Info
from prometheus_client.metrics import MetricWrapperBase

from streams.access.roles import Role
from streams.cli.setting_rows import declared
from streams.console.metrics import ConsoleMetrics
from streams.console.routes import ROUTES
from streams.evidence.provenance.finding_kinds import finding_kinds
from streams.metrics import KINDS, Metrics
from streams.policy.variable import Variable
from streams.policy.variables import BY_SUBJECT, VARIABLES
from streams.wording.labels import reading_words

KIND_OF_METRIC: dict[type, tuple[str, str]] = {
    Counter: ("counter", "_total"),
    Gauge: ("gauge", ""),
    Histogram: ("histogram", ""),
    Info: ("gauge", "_info"),
}
DOCS = Path(__file__).parents[1] / "docs"


def settings() -> Iterator[str]:
    """Yield the table of all settings."""
    yield "| variable | meaning | unit | allowed | default |"
    yield "|---|---|---|---|---|"
    for row in declared():
        yield _row(f"`{row['name']}`", row["title"], row["unit"], row["allowed"], row["default"])


def metrics() -> Iterator[str]:
    """Yield the table of all metrics of our own."""
    yield "| metric | kind | worker | labels | meaning |"
    yield "|---|---|---|---|---|"
    exported = {kind: set(Metrics(kind).registry._names_to_collectors) for kind in KINDS}  # noqa: SLF001 - as below
    for metric in vars(Metrics()).values():
        if isinstance(metric, MetricWrapperBase):
            name = metric._name  # noqa: SLF001 - it has no public way
            kind, suffix = KIND_OF_METRIC[type(metric)]
            labels = ", ".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001
            workers = ", ".join(worker for worker, names in exported.items() if name in names)
            yield _row(f"`{name}{suffix}`", kind, workers, labels, metric._documentation)  # noqa: SLF001
    for metric in vars(ConsoleMetrics()).values():
        if isinstance(metric, MetricWrapperBase):
            kind, suffix = KIND_OF_METRIC[type(metric)]
            labels = ", ".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001
            yield _row(f"`{metric._name}{suffix}`", kind, "console", labels, metric._documentation)  # noqa: SLF001


def variables() -> Iterator[str]:
    """Yield the variables of the policy, and the readings that are only ever unmeasured."""
    yield "| variable | type | unit | rules for | from | 中文 | English |"
    yield "|---|---|---|---|---|---|---|"
    words = reading_words()
    for variable in VARIABLES.values():
        about = (f"`{variable.name}`", variable.kind, variable.unit or "-", _scope(variable), variable.source)
        yield _row(*about, words.variables[variable.name].zh, words.variables[variable.name].en)
    yield ""
    yield "These readings have no value; they only ever say that something could not be looked at:"
    yield ""
    yield "| reading | 中文 | English |"
    yield "|---|---|---|"
    for name, label in words.only_unmeasured.items():
        yield _row(f"`{name}`", label.zh, label.en)


def findings() -> Iterator[str]:
    """Yield every kind of finding on a file's origin, and what each of its states means."""
    yield "| kind | state | 中文 | English |"
    yield "|---|---|---|---|"
    for name, kind in finding_kinds().items():
        yield _row(f"`{name}`", "", f"**{kind.words.zh}**", f"**{kind.words.en}**")
        for state, words in kind.states.items():
            yield _row("", f"`{state}`", words.zh, words.en)


def routes() -> Iterator[str]:
    """Yield the table of routes and roles."""
    yield "| route | for | what it does |"
    yield "|---|---|---|"
    for route in ROUTES:
        allowed = "everybody" if route.roles is None else ", ".join(role for role in Role if role in route.roles)
        yield _row(f"`{route.name}`", allowed, route.says)


TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "settings.md": settings,
    "operation.md": metrics,
    "policy.md": variables,
    "provenance.md": findings,
    "routes.md": routes,
}


def fresh(page: str, table: Callable[[], Iterator[str]]) -> str:
    """Return ``page`` with the lines between its marks written anew."""
    begin, end = (f"<!-- {table.__name__}: {mark} -->\n" for mark in ("begin", "end"))
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return before + begin + "".join(f"{line}\n" for line in table()) + end + after


def main() -> int:
    """Write the pages, or return 1 when one is not as it should be."""
    stale = []
    for name, table in TABLES.items():
        path = DOCS / name
        page = path.read_text(encoding="utf-8")
        if (wanted := fresh(page, table)) != page:
            stale.append(name)
            if "--check" not in sys.argv[1:]:
                path.write_text(wanted, encoding="utf-8")
    if stale and "--check" in sys.argv[1:]:
        sys.stderr.write(f"not fresh: {', '.join(stale)}; run make generate\n")
        return 1
    return 0


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _scope(variable: Variable) -> str:
    subjects = [kind for kind, members in BY_SUBJECT.items() if variable in members]
    return "all" if len(subjects) == len(BY_SUBJECT) else ", ".join(f"`{kind}`" for kind in subjects)


if __name__ == "__main__":
    sys.exit(main())
