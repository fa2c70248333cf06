"""A policy made ready: every rule type-checked against the declared variables, before it judges anyone."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from cel_expr_python import cel

from streams.errors import PolicyError
from streams.policy.definitions import Definitions, Written, path_of
from streams.policy.document import OperatingPoints, PolicyDocument, Rule, read
from streams.policy.expressions import Expression
from streams.policy.includes import Sources
from streams.policy.names import check_names, wrong
from streams.policy.plain_rules import Silent, plain, silent
from streams.policy.rule_errors import explained
from streams.policy.sums import compared_sums, currencies_of
from streams.policy.variable import OPERATING_POINTS, Getter, Variable
from streams.policy.variables import BY_SUBJECT, VARIABLES

_CURRENCY = VARIABLES["request.currency"]
JOINED = 20_000
"""Characters of the conditions that are evaluated at once at most; CEL takes 100,000."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule, its whole condition compiled by CEL, with its syntax tree, and the variables that this reads.

    ``plain`` is its condition as Python (streams/policy/plain_rules.py), None where only CEL knows it. ``sums`` are
    variables in the request's currency that it compares with a number, though it asks for no currency.
    """

    rule: Rule
    condition: Written
    program: Any
    expression: Expression
    used: tuple[Variable, ...]
    plain: str | None
    sums: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The rules for one kind of subject, the CEL ``environment`` of their programs, and what gets their variables.

    ``silent`` says for sure of a rule that it is false, by its place in ``rules``, and ``all_silent`` of all those that
    it knows; ``texts`` are the variables that are texts. ``any_other`` are programs that join the other rules by
    ``||``, of as many as CEL takes at once: only when each is false, and none in error, are all of them false. ``sums``
    says that some rule compares sums in whatever currency.
    """

    rules: tuple[CompiledRule, ...]
    environment: Any
    all_silent: Silent
    silent: tuple[Silent | None, ...]
    texts: tuple[str, ...]
    any_other: tuple[Any, ...]
    getters: tuple[tuple[str, Getter], ...]
    sums: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy that can judge: its content, and its rules by the kind of subject that they look at.

    ``currencies`` are those of which it says any sum, for whichever request.
    """

    document: PolicyDocument
    scopes: Mapping[str, Scope]
    currencies: frozenset[str]
    definitions: Mapping[str, Written]

    def unused(self) -> list[str]:
        """Return the definitions that no rule asks, through others neither."""
        asked = {name for scope in self.scopes.values() for one in scope.rules for name in one.condition.used}
        return [name for name in self.definitions if name not in asked]

    def conditions(self) -> Iterator[tuple[str, CompiledRule]]:
        """Yield the rules in the order of the file, each with the path of its condition."""
        compiled = {one.rule.id: one for scope in self.scopes.values() for one in scope.rules}
        for at, rule in enumerate(self.document.rules):
            yield f"$.rules[{at}].when", compiled[rule.id]


def compile_policy(text: str) -> Policy:
    """Return the policy that ``text`` holds, ready to judge.

    Raises :class:`PolicyError` naming rule, line and column: a key, code, name or variable that is not known, a rule
    that is not a bool or does not type-check, a constant that can never be evaluated (as a regular expression that does
    not compile), an id given twice, a reading that may never be unmeasured.
    """
    return compile_read(*read(text))


def compile_read(document: PolicyDocument, source: Sources) -> Policy:
    """Return the policy of a document that was read; errors as :func:`compile_policy`."""
    check_names(document, source)
    points = document.operating_points
    definitions = Definitions(document.definitions, source)
    conditions = [definitions.written(rule.when, f"$.rules[{at}].when") for at, rule in enumerate(document.rules)]
    for name in definitions.all:
        kinds = {rule.subject for rule, one in zip(document.rules, conditions, strict=True) if name in one.used}
        asked_by = [kind for kind in BY_SUBJECT if kind in kinds or not kinds]
        _check_definition(name, definitions, asked_by, points, source)
    compiled = [
        _compile(rule, written, points, source, definitions.all)
        for rule, written in zip(document.rules, conditions, strict=True)
    ]
    scopes = {kind: _scope(kind, compiled, points) for kind in BY_SUBJECT}
    return Policy(document=document, scopes=scopes, currencies=currencies_of(document), definitions=definitions.all)


def _check_definition(
    name: str, definitions: Definitions, kinds: Sequence[str], points: OperatingPoints, source: Sources
) -> None:
    """Refuse a definition that is no condition for any of these kinds of rules; whoever asks it is checked too."""
    refused: PolicyError | None = None
    for kind in kinds:
        try:
            program = _program(definitions.all[name], kind, points, source, definitions.all)
        except PolicyError as exc:
            refused = refused or PolicyError(f"definition {name!r} ({exc}")
            continue
        if program.return_type() != cel.Type.BOOL:
            what = f"it gives {program.return_type().name()}: write a condition that is true or false"
            msg = f"definition {name!r} ({source.place_of_value(path_of(name))}): {what}"
            raise PolicyError(msg)
        return
    if refused is not None:
        raise refused


def _program(
    written: Written, kind: str, points: OperatingPoints, source: Sources, definitions: Mapping[str, Written]
) -> Any:
    """Return a condition compiled; the error begins with its place."""
    try:
        return _environment(BY_SUBJECT[kind], points).compile(written.text)
    except RuntimeError as exc:
        offset, what = explained(exc, written.text, kind, BY_SUBJECT, definitions)
        msg = f"{source.place_of_value(*written.place(offset))}): {what}"
        raise PolicyError(msg) from exc


def _compile(
    rule: Rule, written: Written, points: OperatingPoints, source: Sources, definitions: Mapping[str, Written]
) -> CompiledRule:
    variables = BY_SUBJECT[rule.subject]
    try:
        program = _program(written, rule.subject, points, source, definitions)
    except PolicyError as exc:
        msg = f"rule {rule.id!r} ({exc}"
        raise PolicyError(msg) from exc
    if program.return_type() != cel.Type.BOOL:
        what = f"the rule gives {program.return_type().name()}: write a condition that is true or false"
        raise wrong(rule, source.place_of_value(*written.place(0)), what)
    expression = Expression(program)
    for fault in expression.faults():
        place = source.place_of_value(*written.place(fault.offset))
        raise wrong(rule, place, f"this can never be evaluated: {fault.what}")
    names = expression.names()
    used = tuple(one for one in variables if one.is_reading and one.name in names)
    condition = plain(expression, [one.name for one in used if not one.kind.startswith("list")])
    sums = compared_sums(expression, used)
    return CompiledRule(rule, written, program, expression, used, condition, sums)


@lru_cache(maxsize=64)
def _environment(variables: tuple[Variable, ...], points: OperatingPoints) -> Any:
    """Return what rules are compiled in: variables by their types, and operating points as constants of a policy."""
    types = {
        "bool": cel.Type.BOOL,
        "int": cel.Type.INT,
        "double": cel.Type.DOUBLE,
        "string": cel.Type.STRING,
        "list(string)": cel.Type.List(cel.Type.STRING),
    }
    constants = [
        {"name": f"{OPERATING_POINTS}.{name}", "type": "int" if isinstance(value, int) else "double", "value": value}
        for name, value in msgspec.structs.asdict(points).items()
    ]
    return cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(json.dumps({"variables": constants})),
        variables={one.name: types[one.kind] for one in variables if one.prefix != OPERATING_POINTS},
    )


def _scope(kind: str, compiled: Iterable[CompiledRule], points: OperatingPoints) -> Scope:
    rules = tuple(one for one in compiled if one.rule.subject == kind)
    environment = _environment(BY_SUBJECT[kind], points)
    sums = any(one.sums for one in rules)
    read = {variable.name: variable.get for one in rules for variable in one.used}
    return Scope(
        rules=rules,
        environment=environment,
        all_silent=silent([one.plain for one in rules if one.plain is not None]),
        silent=tuple(None if one.plain is None else silent([one.plain]) for one in rules),
        texts=tuple({variable.name for one in rules for variable in one.used if variable.kind == "string"}),
        any_other=tuple(map(environment.compile, _joined([one.condition.text for one in rules if one.plain is None]))),
        getters=tuple((read | ({_CURRENCY.name: _CURRENCY.get} if sums else {})).items()),
        sums=sums,
    )


def _joined(conditions: Sequence[str]) -> Iterator[str]:
    """Yield conditions joined by ``||``, no longer than :data:`JOINED` together."""
    group: list[str] = []
    for condition in conditions:
        if group and sum(map(len, group)) + len(condition) > JOINED:
            yield " || ".join(group)
            group = []
        group.append(f"({condition}\n)")
    if group:
        yield " || ".join(group)
