"""The tree of errors is complete: whatever is raised says that a person must act, to try again, or what is bad."""

import ast
import builtins
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import schemas
import streams
from schemas.errors import ContractError
from streams import errors
from streams.errors import InputError, OperatorError, SentinelError, TransientError

ROOT = Path(streams.__file__).parents[1]
KINDS = (OperatorError, TransientError, InputError)
STEPS = {"Ended", "IsVideo", "OnlyMarksShared"}
"""How one module of a room tells another what happened: caught where it is expected, and never shown to anybody."""
OF_LIBRARIES = {
    "typer.BadParameter",
    "typer.Exit",
    "HTTPException",
    "CommitFailedError",
    "CorruptRecordException",
    "IllegalStateError",
    "KafkaError",
    "KafkaConnectionError",
    "NodeNotReadyError",
}
"""What a library expects of code that it calls: it catches them itself."""
OF_THE_NETWORK = {"ConnectionError", "IncompleteRead", "InvalidURL", "TimeoutError", "socket.gaierror"}
"""How a call to another's host fails, as Python's own libraries say it: whoever calls the host puts it in words."""
OF_FILES = {"IsADirectoryError", "OSError"}
"""How a file that cannot be read or written fails: the command line names it and says why."""
FAULTS_OF_OURS = {"AssertionError", "NotImplementedError", "RuntimeError", "TypeError", "ValueError"}
"""A fault of the program, or of a value that a library checks: pydantic and msgspec make their own errors of it."""


def modules() -> Iterator[Path]:
    for package in ("streams", "schemas"):
        yield from sorted((ROOT / package).rglob("*.py"))


def everyone(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    for one in kind.__subclasses__():
        yield one
        yield from everyone(one)


@pytest.fixture(scope="module")
def tree() -> set[type[BaseException]]:
    """Every error of the tree, once every module that may define one is loaded."""
    for package in (streams, schemas):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "Error)" in (text := source(found.name)) or "Unavailable)" in text:
                importlib.import_module(found.name)
    return {one for one in everyone(SentinelError) if not one.__module__.startswith("tests.")}


def source(module: str) -> str:
    path = ROOT / module.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return file.read_text() if file.exists() else ""


def test_every_error_of_the_tree_is_of_one_kind(tree: set[type[BaseException]]) -> None:
    of_no_kind = tree - set(KINDS) - {one for kind in KINDS for one in everyone(kind)}
    assert of_no_kind == set()
    assert all(sum(issubclass(one, kind) for kind in KINDS) == 1 for one in tree)


def test_every_error_of_the_tree_is_drawn(tree: set[type[BaseException]]) -> None:
    drawn = errors.__doc__ or ""
    assert [one.__name__ for one in tree if not one.__name__.startswith("_") and one.__name__ not in drawn] == []


def test_whatever_is_raised_is_of_the_tree_or_stays_inside(tree: set[type[BaseException]]) -> None:
    known = (
        {one.__name__ for one in tree}
        | {ContractError.__name__}
        | STEPS
        | OF_LIBRARIES
        | OF_THE_NETWORK
        | OF_FILES
        | FAULTS_OF_OURS
    )
    others = [f"{at}: {name}" for at, name in raised() if name not in known and not name.startswith("_")]
    assert others == []


def test_what_stays_inside_is_caught_inside() -> None:
    handled = {name for path in modules() for name in caught(parsed(path))}
    inside = {name for _, name in raised() if name.startswith("_")} | STEPS
    assert inside - handled == set()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def raised() -> list[tuple[str, str]]:
    """Return where each class is raised, and its name; of a function that makes one, the type that it returns."""
    return [(f"{path.relative_to(ROOT)}:{line}", name) for path in modules() for line, name in raised_in(path)]


def raised_in(path: Path) -> Iterator[tuple[int, str]]:
    tree = parsed(path)
    makers = {
        node.name: ast.unparse(node.returns)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.returns is not None
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            for name in names(node.exc, makers):
                yield node.lineno, name


def names(raised: ast.expr, makers: dict[str, str]) -> Iterator[str]:
    match raised:
        case ast.IfExp(body=one, orelse=other):
            yield from (*names(one, makers), *names(other, makers))
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in makers:
            yield makers[name]
        case ast.Call(func=called) if is_class(ast.unparse(called)):
            yield ast.unparse(called)
        case ast.Name(id=name) if is_class(name):
            yield name


def is_class(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last.lstrip("_")[:1].isupper() or last in vars(builtins)


def caught(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            of = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            yield from (ast.unparse(one).rpartition(".")[2] for one in of)
