"""A policy made ready: every rule type-checked against the declared variables, before it judges anyone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cel_expr_python import cel

from streams.errors import PolicyError
from streams.policy.document import Lines, PolicyDocument, Rule, read
from streams.policy.reasons import reasons
from streams.policy.variable import Variable
from streams.policy.variables import BY_SUBJECT, TOLERABLE

_PAGE = "deploy/docs/policy.md"


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule, its program, and the variables that the program reads."""

    rule: Rule
    program: Any
    used: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The rules for one kind of subject, and all variables that any of them reads.

    ``any_rule`` joins all rules by ``||``: only when each is false, and none in error, is it false.
    """

    rules: tuple[CompiledRule, ...]
    any_rule: Any
    used: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy that can judge."""

    document: PolicyDocument
    scopes: Mapping[str, Scope]


def compile_policy(text: str) -> Policy:
    """Return the policy that ``text`` holds, ready to judge.

    Raises :class:`PolicyError` naming rule and line: a key, code, name or variable that is not known, a rule that is
    not a bool or does not type-check, an id given twice, a reading that may never be unmeasured.
    """
    document, lines = read(text)
    _check(document, lines)
    compiled = [_compile(rule, lines.of(f"$.rules[{at}].when")) for at, rule in enumerate(document.rules)]
    return Policy(document=document, scopes={kind: _scope(kind, compiled) for kind in BY_SUBJECT})


def _check(document: PolicyDocument, lines: Lines) -> None:
    known = reasons()
    seen: set[str] = set()
    for at, rule in enumerate(document.rules):
        path = f"$.rules[{at}]"
        if rule.id in seen:
            raise _wrong(rule, lines.of(f"{path}.id"), "another rule has this id: give each its own")
        seen.add(rule.id)
        if rule.reason not in known.reasons:
            what = f"unknown reason code {rule.reason}: use one of {', '.join(sorted(known.reasons))}"
            raise _wrong(rule, lines.of(f"{path}.reason"), what)
        for code in rule.recommend:
            if code not in known.recommendations:
                what = f"unknown recommendation {code}: use one of {', '.join(sorted(known.recommendations))}"
                raise _wrong(rule, lines.of(f"{path}.recommend"), what)
    for name in sorted(document.may_be_unmeasured - TOLERABLE):
        msg = (
            f"line {lines.of('$.may_be_unmeasured')}: {name} may not be listed under may_be_unmeasured: "
            f"use names of readings from {_PAGE}; a photo that nobody could look at is never clear"
        )
        raise PolicyError(msg)


def _compile(rule: Rule, line: int) -> CompiledRule:
    variables = BY_SUBJECT[rule.subject]
    try:
        program = _environment(variables).compile(rule.when)
    except RuntimeError as exc:
        what = f"{_first_line(exc)}; the variables for {rule.subject!r} and their types are in {_PAGE}"
        raise _wrong(rule, line, what) from exc
    if program.return_type() != cel.Type.BOOL:
        what = f"the rule gives {program.return_type().name()}: write a condition that is true or false"
        raise _wrong(rule, line, what)
    return CompiledRule(rule=rule, program=program, used=_used(rule.when, variables))


def _used(when: str, variables: tuple[Variable, ...]) -> tuple[Variable, ...]:
    """Return the variables without which ``when`` does not compile: those are the ones that it reads."""
    return tuple(
        variable
        for variable in variables
        if variable.reading in when
        and not _compiles(when, tuple(other for other in variables if other is not variable))
    )


def _compiles(when: str, variables: tuple[Variable, ...]) -> bool:
    try:
        _environment(variables).compile(when)
    except RuntimeError:
        return False
    return True


@cache
def _environment(variables: tuple[Variable, ...]) -> Any:
    types = {
        "bool": cel.Type.BOOL,
        "int": cel.Type.INT,
        "double": cel.Type.DOUBLE,
        "string": cel.Type.STRING,
        "list(string)": cel.Type.List(cel.Type.STRING),
    }
    return cel.NewEnv(variables={variable.name: types[variable.kind] for variable in variables})


def _scope(kind: str, compiled: Iterable[CompiledRule]) -> Scope:
    rules = tuple(one for one in compiled if one.rule.subject == kind)
    environment = _environment(BY_SUBJECT[kind])
    return Scope(
        rules=rules,
        any_rule=environment.compile(" || ".join(f"({one.rule.when}\n)" for one in rules) or "false"),
        used=tuple(dict.fromkeys(variable for one in rules for variable in one.used)),
    )


def _first_line(exc: RuntimeError) -> str:
    """Return what CEL says, without its drawing of the expression: ``1:3: undeclared reference to 'x'``."""
    said = str(exc).partition("\n")[0].removesuffix(" [INVALID_ARGUMENT]")
    return said.removeprefix("INVALID_ARGUMENT: ").removeprefix("ERROR: ").removeprefix("<input>:")


def _wrong(rule: Rule, line: int, what: str) -> PolicyError:
    return PolicyError(f"rule {rule.id!r} (line {line}): {what}")
