"""What a package is made of, and where that comes from. Calls block."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from streams.cases.case import Case
from streams.cases.record.seals import Seal

Audience = Literal["police", "court", "ai-provider"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time in which one worker ran. ``ended_at_ms`` None: it still runs, or it died after ``seen_at_ms``."""

    spell_id: str
    worker: str
    version: str
    configuration_sha256: str
    started_at_ms: int
    seen_at_ms: int
    ended_at_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpellEvent:
    """What happened to a worker: ``READY``, ``NOT_READY``, ``DEAD_LETTERS`` or ``ENDED``, with why or how many."""

    spell_id: str
    at_ms: int
    what: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A record that a package was made: of which version of a case, under which seal, for whom; its list's SHA-256."""

    case_id: str
    version: int
    seal_no: int
    audience: str
    list_sha256: str
    exported_at_ms: int
    exported_by: str


class PackageRecords(Protocol):
    """What the database has for a package."""

    def gathered(self, case_id: str) -> bytes | None:
        """Return what was gathered when the case was opened; None: it was never kept, or was erased."""

    def message(self, case: Case) -> bytes:
        """Return the decision on the case's request, the bytes as they were sent."""

    def policy(self, sha256: str) -> str | None:
        """Return the text of a policy by its SHA-256; None: there is none."""

    def seal_covering(self, case_id: str, seq: int) -> int | None:
        """Return the number of the first seal that covers an entry; None: none does yet."""

    def seals_from(self, seal_no: int) -> list[Seal]:
        """Return this seal and those after it up to the first with a stamp, oldest first; else it alone."""

    def head_before(self, seal_no: int) -> bytes:
        """Return the head of the seal before this one, 32 zero bytes before the first."""

    def spells(self, since_ms: int, until_ms: int) -> list[Spell]:
        """Return the spells of workers that overlap the time from ``since_ms`` to ``until_ms``, oldest first."""

    def events(self, since_ms: int, until_ms: int) -> list[SpellEvent]:
        """Return what happened to workers from ``since_ms`` to ``until_ms``, oldest first."""

    def erased_after(self, case_id: str, seq: int) -> bool:
        """Return whether photos or words of a case were erased after this entry of its trail."""

    def erasing_since(self, since_ms: int) -> bool:
        """Return whether an erasure began since then and is not finished: photos may be gone, and the rest not yet."""

    def log(self, export: Export) -> None:
        """Note that a package was made."""


class Originals(Protocol):
    """Our own copies of photos and videos, and pictures of them; raises :class:`streams.errors.StoreUnavailable`."""

    def pieces(self, key: str) -> Iterable[bytes] | None:
        """Return the bytes under a key of the evidence store, in pieces; None: there are none."""
