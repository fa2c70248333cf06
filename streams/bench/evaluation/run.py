"""The whole evaluation: pairs are made one after the other, looked at, and held against what is true of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from streams.bench.evaluation import given
from streams.bench.evaluation.pairs import Kitchen, Pair, Recipe
from streams.bench.evaluation.plan import Counts, recipes
from streams.bench.evaluation.scoring import Outcome, Truth, outcome
from streams.bench.evaluation.shelf import Shelf
from streams.bench.evaluation.subject import Inspection, Subject

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One pair that can be made whenever it is wanted, and what it is about."""

    truth: Truth
    make: Callable[[], Pair]


def cases(shelf: Shelf, counts: Counts, seed: int, given_pairs: Path | None = None) -> list[Case]:
    """Return every case: what is made from the shelf, and what the file of given pairs lists."""
    kitchen = Kitchen(shelf, seed)
    made = [_case(kitchen, recipe) for recipe in recipes(shelf.photos, counts, seed)]
    listed = () if given_pairs is None else given.listed(given_pairs)
    return made + [Case(truth, make) for each in listed for truth, make in given.questions(each)]


def evaluate(subject: Subject, wanted: Sequence[Case], tell: Tell = lambda _done: None) -> Iterator[Outcome]:
    """Yield the outcome of each case in turn; ``tell`` hears how many are done."""
    for done, case in enumerate(wanted, 1):
        yield looked_at(subject, case)[0]
        tell(done)


def looked_at(subject: Subject, case: Case) -> tuple[Outcome, Pair, Inspection | None]:
    """Return the outcome of one case, its pair, and what was found; None where the subject failed."""
    pair = case.make()
    try:
        found = subject.inspect(pair.claim, pair.references)
        return outcome(case.truth, pair, found), pair, found
    except Exception as exc:  # noqa: BLE001 - whatever goes wrong in the subject is a figure of its own
        nothing = None if pair.mask is None or not pair.mask.any() else 0.0
        failed = Outcome(
            **msgspec.structs.asdict(case.truth), iou=nothing, tolerant=nothing, error=f"{type(exc).__name__}: {exc}"
        )
        return failed, pair, None


def _case(kitchen: Kitchen, recipe: Recipe) -> Case:
    truth = Truth(recipe.question, recipe.photo.name, recipe.way, recipe.damage)
    return Case(truth, lambda: kitchen.make(recipe))
