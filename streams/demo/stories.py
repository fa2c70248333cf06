"""What happens in the demo, story by story, and what must come out of each."""

from dataclasses import dataclass, field
from typing import Literal

from streams.wording.tables import Wording, texts

Verdict = Literal["CLEAR", "REVIEW"]
AUDIT = "RANDOM_AUDIT"


@dataclass(frozen=True, slots=True)
class Story:
    """One kind of request. A REVIEW is as expected when it gives at least one of ``codes``."""

    name: str
    verdict: Verdict
    codes: frozenset[str] = field(default_factory=frozenset)

    @property
    def words(self) -> Wording:
        """What happens, in a few words."""
        return texts("demo/stories")[self.name]

    def came_out(self, verdict: str, codes: set[str]) -> bool:
        """Return whether a decision is what this story leads to.

        Whatever would be clear may be chosen for the random audit, and then that is its only reason.
        """
        if self.verdict == "CLEAR":
            return verdict == "CLEAR" or codes == {AUDIT}
        return verdict == "REVIEW" and bool(self.codes & codes)


def _review(name: str, *codes: str) -> Story:
    return Story(name, "REVIEW", frozenset(codes))


HONEST = Story("honest", "CLEAR")
CRACK = _review("forged crack", "DERIVED_AND_ALTERED")
STAIN = _review("forged stain", "DERIVED_AND_ALTERED")
HOLE = _review("forged hole", "DERIVED_AND_ALTERED")
MOULD = _review("forged mould", "DERIVED_AND_ALTERED")
SCENE = _review("scene replaced", "SCENE_REGENERATED", "DERIVED_AND_ALTERED")
PRINTED = Story("printed goods", "CLEAR")
RESENT = _review("re-sent", "RESENT_REFERENCE")
SHARED_FIRST = _review("shared, first", "DERIVED_AND_ALTERED")
SHARED_AGAIN = _review("shared, again", "USED_BEFORE")
FREQUENT_EARLY = Story("frequent, 1-5", "CLEAR")
FREQUENT_LATE = _review("frequent, 6-8", "FREQUENT_CLAIMS")
LARGE = _review("large sum", "AMOUNT_LIMIT")
MIRRORED = _review("mirrored", "DERIVED_AND_ALTERED")
EXCLUDED = _review("excluded", "NOT_ELIGIBLE")
LOST = _review("photo missing", "NOT_LOOKED")
TRUNCATED = _review("photo truncated", "NOT_LOOKED")
WRONG_HASH = _review("wrong hash", "NOT_LOOKED")
NO_PHOTO = _review("no photo", "EVIDENCE_MISSING")
CHANGED = _review("changed", "CONTENT_CHANGED")
REPEATED = Story("repeated", "CLEAR")

STORIES = (
    HONEST, CRACK, STAIN, HOLE, MOULD, SCENE, PRINTED, RESENT, SHARED_FIRST, SHARED_AGAIN, FREQUENT_EARLY,
    FREQUENT_LATE, LARGE, MIRRORED, EXCLUDED, LOST, TRUNCATED, WRONG_HASH, NO_PHOTO, CHANGED, REPEATED,
)  # fmt: skip
