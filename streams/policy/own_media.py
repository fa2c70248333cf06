"""A listing that was sent along: a claim's file that is a reference as it is, beside files of the buyer's own.

Who shows what was promised beside what came compares the two, as in a collage. Without the listing the claim would be
judged by the other files alone, so nothing is gained by adding it.
"""

from collections.abc import Iterable, Mapping

from streams.policy.document import OperatingPoints

Values = Mapping[str, bool | int | float | str]


def is_own(pairs: Iterable[Values], points: OperatingPoints) -> bool:
    """Return whether a claim medium was made from none of the references beside which ``pairs`` show it.

    Where nobody could say whether a likeness was copied, it is not the buyer's own.
    """
    return not any(pair.get("same_bytes") is True or _made_from(pair, points) for pair in pairs)


def is_as_it_was(pair: Values, points: OperatingPoints) -> bool:
    """Return whether a claim medium is the reference itself, unaltered as far as that can be seen."""
    if pair.get("same_bytes") is True:
        return True
    another = _number(pair, "scene_differs", 0.0) > points.another_scene
    return "copied" in pair and _made_from(pair, points) and pair.get("altered_fraction") == 0 and not another


def _made_from(pair: Values, points: OperatingPoints) -> bool:
    if pair.get("reference_among_others"):  # what is beside it may be the buyer's own, and a person looks
        return False
    copied = _number(pair, "copied", 1.0) >= points.copied
    return copied and _number(pair, "derived_score", 0.0) >= points.derived


def _number(pair: Values, name: str, absent: float) -> float:
    value = pair.get(name)
    return float(value) if isinstance(value, int | float) else absent
