"""What a policy says and does not mean: parts that can never apply are refused, parts that are over are told.

Asked before a policy is stored or activated. A policy that judges already goes on as it is: an older version took it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from streams.errors import PolicyError
from streams.policy.always_failing import failing_always, too_long
from streams.policy.closed_values import impossible, reasons_of_others
from streams.policy.compiled import CompiledRule, Policy, compile_read
from streams.policy.constant_parts import failing
from streams.policy.currencies import no_codes_asked, other_currencies, whatever_currency
from streams.policy.definitions import path_of
from streams.policy.document import Match, PolicyDocument, Rule, read
from streams.policy.doubtful import doubts
from streams.policy.includes import Sources
from streams.policy.needed import ALL_OTHERS
from streams.policy.odd_texts import look_alikes, never_given, never_listed, unseen
from streams.policy.outdone import outdone
from streams.policy.ranges import MOST_MEDIA, useless
from streams.policy.refusals import near
from streams.policy.settling import answered
from streams.policy.yaml_reader import Place

_LISTS = ("categories", "merchants", "products", "buyers", "above_minor")
_CHANGES = ("amount_limits", "hold_s", "audit_share", "rules_off")
_DAYS = ("from", "until")
MOST_WARNINGS = 100
"""A page shows them all."""


@dataclass(frozen=True, slots=True)
class _Dated:
    """A part of a policy that holds from a day until a day: how errors name it, and its path."""

    name: str
    path: str
    entry: Rule | Match


def sound(text: str) -> Policy:
    """Return the policy that ``text`` holds, when each of its parts can apply.

    Raises :class:`PolicyError`, naming line and column, as :func:`streams.policy.compiled.compile_policy` does, and for
    the first part that never applies, or that would speak of every request because a list was left empty.
    """
    document, source, policy = _compiled(text)
    for path, what in (*_faults(document, source), *never_listed(source), *_doubtful(policy)):
        msg = f"{source.place(path)}: {what}"
        raise PolicyError(msg)
    for path, offset, what in (*impossible(policy), *never_given(policy), *_never_evaluated(policy), *too_long(policy)):
        msg = f"{_place(dict(policy.conditions()), source, path, offset)}: {what}"
        raise PolicyError(msg)
    return policy


def warnings(text: str, day: date) -> list[str]:
    """Return what is of no use from ``day`` on and changes no decision, each with its line; see :func:`sound`.

    The first :data:`MOST_WARNINGS` are told, and of the others how many they are.
    """
    document, source, policy = _compiled(text)
    found = [*_ended(document, day), *_constant(policy), *outdone(document), *_out_of_reach(document), *_unused(policy)]
    found += [*failing_always(policy), *_limits(document), *_far_reaching(document), *other_currencies(document)]
    told = [f"{source.place(path)}: {what}" for path, what in found]
    within = [*useless(policy), *look_alikes(policy, source), *whatever_currency(policy)]
    within += no_codes_asked(policy)
    room = max(0, MOST_WARNINGS - len(told))
    conditions = dict(policy.conditions())
    told = told[:MOST_WARNINGS]
    told += [f"{_place(conditions, source, path, offset)}: {what}" for path, offset, what in within[:room]]
    left = len(found) + len(within) - len(told)
    return told + ([f"not shown: {left} more; mend these first"] if left else [])


def _place(conditions: Mapping[str, CompiledRule], source: Sources, path: str, offset: int) -> Place:
    """Return where a character of a condition stands, also where it is one of a definition's."""
    whole = conditions.get(path)
    return source.place_of_value(*((path, offset) if whole is None else whole.condition.place(offset)))


@lru_cache(maxsize=1)  # a check asks for faults, and then for what is of no use
def _compiled(text: str) -> tuple[PolicyDocument, Sources, Policy]:
    document, source = read(text)
    return document, source, compile_read(document, source)


def _faults(document: PolicyDocument, source: Sources) -> Iterator[tuple[str, str]]:
    """Yield each path that is at fault, and what is wrong with it."""
    for one in _dated(document):
        yield from _window(one, _given(source, one.path))
    for one in _dated(document, rules=False):
        for name in _LISTS:
            if _given(source, one.path).get(name) in ([], {}):
                what = f"{name} is empty, so {one.name} would speak of every request: name some, or leave the line out"
                yield f"{one.path}.{name}", what
    for at, override in enumerate(document.overrides):
        if not any(getattr(override, name) not in (None, {}, frozenset()) for name in _CHANGES):
            yield (
                f"$.overrides[{at}]",
                f"this override changes nothing: give one of {', '.join(_CHANGES)}, or remove it",
            )
    if not document.name.strip():
        yield "$.name", "the name is blank: write one, as people see it in each decision"
    yield from unseen(document)
    yield from reasons_of_others(document)
    ids = {rule.id for rule in document.rules}
    for unknown in sorted(document.rules_off - ids):
        yield "$.rules_off", f"no rule has the id {unknown!r}{near(unknown, ids)}"
    yield from _bands(document)
    yield from _needed(document)
    points = document.operating_points
    if points.taken_anew >= points.copied:
        what = (
            f"taken_anew ({points.taken_anew:g}) has to be below copied ({points.copied:g}): between them nobody knows"
        )
        yield "$.operating_points.taken_anew", what


def _doubtful(policy: Policy) -> Iterator[tuple[str, str]]:
    for path, one in policy.conditions():
        yield from ((path, one.rule.said(what)) for what in doubts(one.condition.text, one.program, one.expression))


def _never_evaluated(policy: Policy) -> Iterator[tuple[str, int, str]]:
    for path, one in policy.conditions():
        yield from ((path, offset, one.rule.said(what)) for offset, what in failing(one.expression))


def _dated(document: PolicyDocument, *, rules: bool = True) -> Iterator[_Dated]:
    if rules:
        for at, rule in enumerate(document.rules):
            yield _Dated(f"rule {rule.id!r}", f"$.rules[{at}]", rule)
    for at, entry in enumerate(document.not_eligible):
        yield _Dated("this entry of not_eligible", f"$.not_eligible[{at}]", entry)
    for at, override in enumerate(document.overrides):
        yield _Dated("this override", f"$.overrides[{at}]", override)


def _window(one: _Dated, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _DAYS:
        if name in given and given[name] is None:
            what = f'{name} of {one.name} is empty: write a day in quotes, as "2026-12-01", or leave the line out'
            yield f"{one.path}.{name}", what
    begins, until = one.entry.begins, one.entry.until
    if begins is not None and until is not None and until <= begins:
        what = (
            f"{one.name} would never hold: until ({until}) is not after from ({begins}). Until is the first day on "
            "which it no longer holds: give a later day, or leave one of the two out"
        )
        yield f"{one.path}.until", what


def _bands(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    for at, band in enumerate(document.score_bands):
        before = document.score_bands[:at]
        if band.name in {one.name for one in before}:
            yield f"$.score_bands[{at}].name", f"another band is called {band.name}: give each its own name"
        for other in before:
            if other.begins == band.begins:
                what = (
                    f"{band.name} begins at {band.begins} as {other.name} does: join the two, or let one begin higher"
                )
                yield f"$.score_bands[{at}].from", what
        if not band.recommend:
            yield f"$.score_bands[{at}]", f"{band.name} recommends nothing: give it recommend, or remove it"


def _needed(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    for reason, needed in document.evidence_needed.items():
        if needed.photos + needed.videos > MOST_MEDIA:
            what = (
                f"{needed.photos} photos and {needed.videos} videos are more than the {MOST_MEDIA} media that a claim "
                "can have: every such claim would be EVIDENCE_MISSING. Ask for fewer"
            )
            yield f"$.evidence_needed.{reason}", what


def _ended(document: PolicyDocument, day: date) -> Iterator[tuple[str, str]]:
    for one in _dated(document):
        if (until := one.entry.until) is not None and until <= day:
            yield f"{one.path}.until", f"{one.name} holds no longer since {until}: remove it, or give a later day"


def _constant(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield rules that say the same of everything: they can be settled without a single value."""
    for path, one in policy.conditions():
        always = answered(one.program, {})
        if always is True:
            what = f"rule {one.rule.id!r} is true whatever it looks at: all of it goes to review. Name what it is about"
            yield path, what
        elif always is False:
            yield path, f"rule {one.rule.id!r} is false whatever it looks at: it never fires. Remove it"


def _unused(policy: Policy) -> Iterator[tuple[str, str]]:
    for name in policy.unused():
        yield path_of(name), f"no rule asks {name}: remove it"


def _out_of_reach(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    scores: Sequence[int] = [rule.score for rule in document.rules]
    highest = max([*scores, *msgspec.structs.astuple(document.scores)])
    for at, band in enumerate(document.score_bands):
        if band.begins > highest:
            what = f"no reason scores {band.begins} or more (the highest is {highest}): {band.name} is never reached"
            yield f"$.score_bands[{at}].from", what


def _far_reaching(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    """Yield what speaks of other requests than it seems to."""
    if not document.rules:
        yield "$.rules", "there is no rule: whatever could be looked at is cleared. Write what is to be reviewed"
    if document.rules and {rule.id for rule in document.rules} <= document.rules_off:
        yield "$.rules_off", "every rule is named here: whatever could be looked at is cleared. Leave one out"
    for reason in document.evidence_needed:
        if reason != ALL_OTHERS and reason.casefold() == ALL_OTHERS:
            what = f"{reason} is a reason that a buyer states; what holds for all others is called {ALL_OTHERS}"
            yield f"$.evidence_needed.{reason}", what
    for at, entry in enumerate(document.not_eligible):
        if not any(getattr(entry, name) for name in (*_LISTS, "begins", "until")):
            yield f"$.not_eligible[{at}]", "this entry speaks of every request: all go to review. Name what it is about"


def _limits(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    parts = [("$", document.amount_limits)]
    parts += [(f"$.overrides[{at}]", one.amount_limits) for at, one in enumerate(document.overrides)]
    for path, limits in parts:
        for currency, limit in limits.items():
            if limit.single_minor > limit.sum_30d_minor:
                what = f"single_minor is above sum_30d_minor: one refund of {currency} can pass the month's sum alone"
                yield f"{path}.amount_limits.{currency}", what


def _given(source: Sources, path: str) -> dict[str, Any]:
    """Return an entry as the file has it."""
    name, _, place = path.removeprefix("$.").partition("[")
    found: dict[str, Any] = source.content[name][int(place.rstrip("]"))]
    return found
