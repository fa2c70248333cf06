"""Whether the code keeps its sizes: modules, functions, and no circle of files. ``python -m deploy.scripts.sizes``.

Counted are the modules of ``streams/`` and ``schemas/``; those that hold nothing but a docstring are left out.
"""

import ast
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

ROOTS = ("streams", "schemas")
MEDIAN_LINES = 95
FUNCTION_LINES = 20
SHORT_SHARE = 0.93
MODULE_LINES = 250
REASON = "# Over 250 lines because "


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its dotted name, its lines, the lines of its functions, what it imports, and why it is long."""

    name: str
    lines: int
    functions: tuple[int, ...]
    imports: frozenset[str]
    reason: bool


def main() -> int:
    """Print the sizes beside their goals; return 1 where one is missed."""
    found = modules(Path())
    missed = list(misses(found))
    lengths = [length for module in found for length in module.functions]
    short = sum(length <= FUNCTION_LINES for length in lengths) / len(lengths)
    _tell(f"{len(found)} modules, median {median(module.lines for module in found):g} lines (goal: {MEDIAN_LINES})")
    _tell(f"{short:.1%} of {len(lengths)} functions have {FUNCTION_LINES} lines or fewer (goal: {SHORT_SHARE:.0%})")
    for miss in missed:
        _tell(f"MISSED: {miss}")
    return 1 if missed else 0


def misses(found: Iterable[Module]) -> Iterable[str]:
    """Yield the goals that these modules miss, each in one sentence."""
    every = list(found)
    middle = median(module.lines for module in every)
    if middle > MEDIAN_LINES:
        yield f"the median module has {middle:g} lines, more than {MEDIAN_LINES}"
    lengths = [length for module in every for length in module.functions]
    short = sum(length <= FUNCTION_LINES for length in lengths) / max(1, len(lengths))
    if short < SHORT_SHARE:
        yield f"{short:.1%} of functions have {FUNCTION_LINES} lines or fewer, less than {SHORT_SHARE:.0%}"
    for module in sorted(every, key=lambda one: -one.lines):
        if module.lines > MODULE_LINES and not module.reason:
            yield f"{module.name} has {module.lines} lines and no comment `{REASON}…`"
    ring = circle({module.name: module.imports for module in every})
    if ring:
        yield f"these files import each other in a circle: {' → '.join(ring)}"


def circle(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the files of one circle of imports, the first again at the end; empty where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as exc:
        ring: list[str] = exc.args[1]
        return ring
    return []


def modules(root: Path) -> list[Module]:
    """Return the modules below ``root`` that hold code."""
    paths = {".".join(_parts(path.relative_to(root))): path for top in ROOTS for path in root.glob(f"{top}/**/*.py")}
    found = (_module(name, path, paths.keys()) for name, path in sorted(paths.items()))
    return [module for module in found if module is not None]


def _parts(path: Path) -> tuple[str, ...]:
    parts = path.with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def _module(name: str, path: Path, names: Collection[str]) -> Module | None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    if all(isinstance(node, ast.Expr) for node in tree.body):
        return None
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return Module(
        name=name,
        lines=text.count("\n"),
        functions=tuple((node.end_lineno or node.lineno) - node.lineno + 1 for node in functions),
        imports=frozenset(_imports(tree, names)).intersection(names) - {name},
        reason=REASON in text,
    )


def _imports(tree: ast.AST, names: Collection[str]) -> Iterable[str]:
    """Yield every module that is imported anywhere, in functions and for types alone too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in names else node.module for name in inner)


def _tell(line: str) -> None:
    print(line)  # noqa: T201 - the output


if __name__ == "__main__":
    sys.exit(main())
