"""False friends: resemblances that mean nothing, as people marked them."""

from dataclasses import dataclass

from streams.cases.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmlessMark:
    """One mark: two photos by name, or one that is harmless beside whichever (``other`` is None); who, when and why.

    A name is ``sha256:…`` of the photo's bytes, or its sighting where the bytes are not known.
    """

    mark_id: str
    photo: str
    other: str | None
    case_id: str
    marked_at_ms: int
    marked_by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What marking did: ``repeated`` are marks that were there before; ``closed`` are cases that nothing keeps open."""

    marks: tuple[HarmlessMark, ...]
    repeated: bool
    closed: tuple[Case, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmarked:
    """What removing a mark did: ``opened`` are cases of claims that a confirmed forgery touches again."""

    mark: HarmlessMark
    opened: tuple[Case, ...]
