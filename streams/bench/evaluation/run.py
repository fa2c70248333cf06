"""The whole evaluation: pairs are made one after the other, looked at, and held against what is true of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from streams.bench.evaluation import listed_pairs
from streams.bench.evaluation.pairs import Pair, PairMaker, Recipe
from streams.bench.evaluation.photo_set import PhotoSet
from streams.bench.evaluation.plan import Counts, recipes
from streams.bench.evaluation.scoring import Outcome, Truth, outcome
from streams.bench.evaluation.subject import Inspection, Subject

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One pair that can be made whenever it is wanted, and what it is about."""

    truth: Truth
    make: Callable[[], Pair]


@dataclass(frozen=True, slots=True)
class Given:
    """Pairs that others made: a file of lines, folders of real edits, and folders of honest photos."""

    lines: Path | None = None
    edited: Sequence[Path] = ()
    honest: Sequence[Path] = ()

    def cases(self) -> Iterator[Case]:
        """Yield all of them."""
        listed = () if self.lines is None else listed_pairs.listed(self.lines)
        questions = (
            *(listed_pairs.questions(each) for each in listed),
            *(listed_pairs.edited(each) for each in self.edited),
            *(listed_pairs.honest(each) for each in self.honest),
        )
        yield from (Case(truth, make) for each in questions for truth, make in each)


NOTHING = Given()


def cases(photo_set: PhotoSet, counts: Counts, seed: int, others: Given = NOTHING) -> list[Case]:
    """Return every case: what is made from the set of photos, and what is listed_pairs."""
    maker = PairMaker(photo_set, seed)
    made = [_case(maker, recipe) for recipe in recipes(photo_set.photos, counts, seed)]
    return [*made, *others.cases()]


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


def _case(maker: PairMaker, recipe: Recipe) -> Case:
    truth = Truth(recipe.question, recipe.photo.name, recipe.way, recipe.damage)
    return Case(truth, lambda: maker.make(recipe))
