"""What sealing and proving the audit chains needs: a place for seals and stamps, and an authority that stamps time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from streams.cases.audit import AuditEntry
from streams.cases.record.seals import Leaf, Seal
from streams.cases.record.told_by_trail import Standing


class Unsealed(NamedTuple):
    """How many entries wait for a seal, and since when (Unix milliseconds); None: none does."""

    entries: int
    oldest_ms: int | None


class Chain(NamedTuple):
    """All entries of one case, oldest first, and where its row says that it stands, at the same moment."""

    case_id: str
    entries: tuple[AuditEntry, ...]
    row: Standing


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
        """Return the newest seal; None: there is none."""

    def unsealed(self, limit: int) -> Unsealed:
        """Return how many entries, up to ``limit``, have no seal, and when the oldest of them was written."""

    def seal(self, at_ms: int, limit: int) -> Seal | None:
        """Return a new seal over the cases of the oldest ``limit`` unsealed entries; None: everything is sealed."""

    def unstamped(self) -> Seal | None:
        """Return the newest seal if it has no stamp; None: it has one, or there is no seal."""

    def keep(self, stamp: Stamp) -> None:
        """Store the stamp of a seal, unless it has one already."""

    def chains(self) -> Iterator[list[Chain]]:
        """Give every chain, some cases at a time; a case without an entry too."""

    def seals(self) -> Iterator[Seal]:
        """Give every seal, oldest first."""

    def leaves(self, seal_no: int) -> list[Leaf]:
        """Return the leaves of a seal, in the order of its tree."""

    def last_covered(self) -> int | None:
        """Return the highest seal number that any entry names; None: no entry is sealed."""

    def stamps(self) -> list[Stamp]:
        """Return every stamp, oldest first."""


class TimeAuthority(Protocol):
    """Stamps that something was there at a time (RFC 3161). Calls block."""

    @property
    def url(self) -> str:
        """Its address."""

    def stamp(self, head: bytes) -> bytes:
        """Return the authority's verified response on ``head``, in DER.

        :class:`streams.errors.AuthorityUnavailable` when it does not answer, or answers anything else.
        """


class StampCheck(Protocol):
    """Verifies stamps."""

    @property
    def trusts(self) -> bool:
        """Whether it has root certificates to check signatures by; without, it compares only what was stamped."""

    def stamped_at_ms(self, response: bytes, head: bytes) -> int:
        """Return when ``head`` was stamped, Unix milliseconds; :class:`streams.errors.BadStamp`: no stamp on it."""
