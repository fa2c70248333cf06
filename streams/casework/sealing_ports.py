"""What sealing the audit chains and proving them needs: where seals are kept, and an authority that stamps time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from streams.cases.audit import AuditEntry
from streams.cases.seals import Leaf, Seal


class Unsealed(NamedTuple):
    """How many entries wait for a seal, and since when; None: none does."""

    entries: int
    oldest_ms: int | None


class Chain(NamedTuple):
    """All entries of one case, oldest first."""

    case_id: str
    entries: tuple[AuditEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A time authority's RFC 3161 response on the head of a seal, in DER."""

    seal_no: int
    received_at_ms: int
    authority: str
    response: bytes


class AuditSeals(Protocol):
    """Where seals and stamps are kept. Calls block; :class:`streams.errors.DatabaseUnavailable`: try again."""

    def last(self) -> Seal | None:
        """Return the newest seal."""

    def unsealed(self, limit: int) -> Unsealed:
        """Return how many entries no seal covers, counted up to ``limit``, and since when the oldest of them waits."""

    def seal(self, at_ms: int, limit: int) -> Seal | None:
        """Return the seal over cases with unsealed entries, of which it looks at ``limit``; None: all is sealed."""

    def unstamped(self) -> Seal | None:
        """Return the newest seal where no stamp covers it."""

    def keep(self, stamp: Stamp) -> None:
        """Keep the stamp of a seal; nothing where it has one already."""

    def chains(self) -> Iterator[list[Chain]]:
        """Give every chain, some cases at a time; a case without an entry too."""

    def seals(self) -> Iterator[Seal]:
        """Give every seal, oldest first."""

    def leaves(self, seal_no: int) -> list[Leaf]:
        """Return what a seal covers, as it stands in its tree."""

    def last_covered(self) -> int | None:
        """Return the highest number of a seal that an entry says covers it."""

    def stamps(self) -> list[Stamp]:
        """Return every stamp, oldest first."""


class TimeAuthority(Protocol):
    """Stamps that something was there at a time (RFC 3161)."""

    @property
    def url(self) -> str:
        """Where it is."""

    def stamp(self, head: bytes) -> bytes:
        """Return its response on ``head``, in DER, once it was verified.

        :class:`streams.errors.AuthorityUnavailable` when it does not answer, or answers anything else.
        """


class StampCheck(Protocol):
    """Looks at stamps."""

    @property
    def trusts(self) -> bool:
        """Whether it knows the authority's root certificates; else it compares what was stamped, and no signature."""

    def stamped_at_ms(self, response: bytes, head: bytes) -> int:
        """Return when ``head`` was stamped; :class:`streams.errors.BadStamp` when this is no stamp on it."""
