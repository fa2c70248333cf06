"""Settling rules: what each says of one subject's values, which fire, which lack a value, and which fail.

Requests and cases beside a policy are settled here, in the one way there is.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from streams.policy.compiled import CompiledRule, Policy, Scope
from streams.policy.document import PolicyDocument
from streams.policy.effective import applies
from streams.policy.plain_rules import cel_takes, said
from streams.policy.variable import Got, Variable

NO_VALUE = "No value with name"
"""How CEL says that an expression needed a variable that it was not given."""

Answer = bool | str
"""Whether a rule fires, or why it could not say."""


class Settled(NamedTuple):
    """What rules of one kind say of one subject: which fired, which lacked a value, and which failed, and why."""

    fired: list[CompiledRule]
    lacking: list[tuple[CompiledRule, list[Variable]]]
    failed: list[tuple[CompiledRule, str]]


def settle(policy: Policy, scope: Scope, known: dict[str, Got], day: date) -> Settled:
    """Return what the rules of ``scope`` say of these values, as the policy holds on a day.

    Of what a rule lacks, only that is named which the policy does not let be unmeasured: see :func:`_blocking`.
    """
    taken = all(cel_takes(known[name]) for name in scope.texts if name in known)
    foreign = scope.sums and is_foreign(policy, known.get("request.currency"))
    quiet = taken and not foreign and said(scope.all_silent, known) is False
    if quiet and not scope.any_other:  # as for most subjects: CEL is not asked at all
        return SILENT
    everything = _handed_over(scope, known) if scope.any_other or not taken else None
    if quiet and all(answered(program, everything) is False for program in scope.any_other):
        return SILENT
    found = Settled([], [], [])
    for one, silent in zip(scope.rules, scope.silent, strict=True):
        own = foreign and bool(one.sums)
        answer: Answer | None = said(silent, known) if taken and silent is not None and not own else None
        if answer is not False and applies(one.rule, policy.document, day):
            if answer is None:
                given = own_values(one, known, foreign=own) if everything is None or own else everything
                answer = answered(one.program, given)
            _note(found, one, _lacked(one, known, foreign=own), answer, policy.document)
    return found


SILENT = Settled([], [], [])


def _note(found: Settled, one: CompiledRule, missing: list[Variable], answer: Answer, document: PolicyDocument) -> None:
    if answer is True:
        found.fired.append(one)
    elif answer is not False:
        if missing and NO_VALUE in answer:
            if blocking := _blocking(one, missing, document):
                found.lacking.append((one, blocking))
        else:
            found.failed.append((one, answer))


def _blocking(one: CompiledRule, missing: Sequence[Variable], document: PolicyDocument) -> list[Variable]:
    """Return what a rule lacks and a person has to look at for that."""
    if one.rule.when_unmeasured == "pass":
        return []
    return [variable for variable in missing if variable.reading not in document.may_be_unmeasured]


def is_foreign(policy: Policy, currency: Got) -> bool:
    """Return whether a request is in a currency of which the policy says nothing, while it does of others.

    A rule that compares a sum with a number means a sum in a currency that the policy knows: there is no rate here.
    """
    return bool(policy.currencies) and currency not in policy.currencies


def _lacked(one: CompiledRule, known: Mapping[str, Got], *, foreign: bool) -> list[Variable]:
    return [each for each in one.used if each.name not in known or (foreign and each in one.sums)]


def own_values(one: CompiledRule, known: Mapping[str, Got], *, foreign: bool = False) -> dict[str, Got]:
    """Return the values that one rule reads: handing over all of them costs more than asking a rule or two.

    Of a request in a ``foreign`` currency (:func:`is_foreign`) sums are left out that it would compare with a number.
    """
    return {
        each.name: known[each.name] for each in one.used if each.name in known and not (foreign and each in one.sums)
    }


def _handed_over(scope: Scope, known: dict[str, Got]) -> Any:
    """Return the values as CEL takes them, made once for all rules; as they are where CEL does not take them."""
    try:
        return scope.environment.Activation(known)
    except Exception:  # noqa: BLE001 - each rule says then why it could not say
        return known


def answered(program: Any, given: Any) -> Answer:
    """Return what a rule says of the subject, or why it could not say: CEL hands errors over as text.

    ``given`` are the values of variables by name, as a dict or as CEL's own activation of one.
    """
    try:
        value = (program.eval(data=given) if isinstance(given, dict) else program.eval(given)).value()
    except Exception as exc:  # noqa: BLE001 - whatever the library raises, the answer is a review
        return str(exc)
    return value if isinstance(value, bool) else str(value)
