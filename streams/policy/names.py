"""What a policy names: each id once, and only reasons, recommendations, readings and rules that there are."""

from streams.errors import PolicyError
from streams.policy.document import PolicyDocument, Rule
from streams.policy.includes import Sources
from streams.policy.reasons import reasons
from streams.policy.refusals import meant, near
from streams.policy.rule_errors import PAGE
from streams.policy.variables import TOLERABLE
from streams.policy.yaml_reader import Place

MOST_RULES = 1_000
"""Rules of a policy at most: each is asked of each photo, and a request is judged in milliseconds."""


def check_names(document: PolicyDocument, source: Sources) -> None:
    """Raise :class:`PolicyError`, with its place, for the first name that is given twice, or that nothing has."""
    known = reasons()
    if len(document.rules) > MOST_RULES:
        first = source.place(f"$.rules[{MOST_RULES}]")
        msg = f"{first}: {len(document.rules):,} rules, of which at most {MOST_RULES:,} are read: join some by ||"
        raise PolicyError(msg)
    seen: set[str] = set()
    for at, rule in enumerate(document.rules):
        path = f"$.rules[{at}]"
        if rule.id in seen:
            raise wrong(rule, source.place_of_value(f"{path}.id"), "another rule has this id: give each its own")
        seen.add(rule.id)
        if rule.reason not in known.reasons:
            what = (
                f"unknown reason code {rule.reason}, which has no words for people{meant(rule.reason, known.reasons)}"
            )
            raise wrong(rule, source.place_of_value(f"{path}.reason"), what)
        for place, code in enumerate(rule.recommend):
            if code not in known.recommendations:
                what = f"unknown recommendation {code}{meant(code, known.recommendations)}"
                raise wrong(rule, source.place_of_value(f"{path}.recommend[{place}]"), what)
    _check_parts(document, source, seen)
    listed = source.content.get("may_be_unmeasured", [])
    for at, name in enumerate(listed):
        if name not in TOLERABLE:
            msg = (
                f"{source.place_of_value(f'$.may_be_unmeasured[{at}]')}: {name} may not be listed under "
                f"may_be_unmeasured{near(name, TOLERABLE)}: use names of readings from {PAGE}; "
                "a photo that nobody could look at is never clear"
            )
            raise PolicyError(msg)


def _check_parts(document: PolicyDocument, source: Sources, seen: set[str]) -> None:
    for at, override in enumerate(document.overrides):
        for unknown in sorted(override.rules_off - seen):
            where = source.place(f"$.overrides[{at}].rules_off")
            msg = f"{where}: no rule has the id {unknown!r}{near(unknown, seen)}"
            raise PolicyError(msg)
    for at, band in enumerate(document.score_bands):
        for code in band.recommend:
            if code not in reasons().recommendations:
                where = source.place(f"$.score_bands[{at}].recommend")
                msg = f"{where}: unknown recommendation {code}{meant(code, reasons().recommendations)}"
                raise PolicyError(msg)


def wrong(rule: Rule, place: Place, what: str) -> PolicyError:
    """Return the error that says what is wrong with a rule, and where."""
    return PolicyError(f"rule {rule.id!r} ({place}): {what}")
