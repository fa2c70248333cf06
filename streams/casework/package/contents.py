"""What a package is asked to be, where it comes from, and what its page is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.records import EvidenceGathered, RefundDecided
from streams.cases.audit import AuditEntry
from streams.cases.case import Case, CaseFile, Claim
from streams.cases.record.seals import Seal
from streams.casework.package.ports import Audience, Originals, PackageRecords, Spell, SpellEvent
from streams.casework.record.sealing_ports import AuditSeals


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be exported: the case as it may be shown, for whom, and with what.

    ``version`` is the program's. ``font`` is for the PDF; ``roots`` are the authority's root certificates (PEM).
    """

    found: CaseFile
    audience: Audience
    version: str
    font: Path | None
    roots: bytes | None
    with_pdf: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was exported: which ``version`` of the case, under which seal, how many files, and which are ``missing``.

    Of these nobody had looked at those that are ``unread``, so that nothing was sealed of them.
    """

    case_id: str
    version: int
    seal_no: int
    stamped: bool
    list_sha256: str
    files: int
    missing: tuple[str, ...]
    unread: frozenset[str] = frozenset()
    pdf: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the content of a package comes from."""

    records: PackageRecords
    seals: AuditSeals
    originals: Originals


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One file of the package, as the list of electronic data describes it; ``size`` is in bytes."""

    path: str
    role: str
    category: str
    source: str
    form: str
    size: int
    sha256: str
    received_at_ms: int | None
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the page tells; ``later`` is what was read from evidence that parties sent after the request."""

    audience: Audience
    case: Case
    claim: Claim
    decision: RefundDecided
    evidence: EvidenceGathered | None
    later: Sequence[EvidenceGathered]
    audit: Sequence[AuditEntry]
    items: Sequence[Item]
    seal: Seal
    head: bytes
    stamp: str | None
    spells: Sequence[Spell]
    events: Sequence[SpellEvent]
    made_with: str
    recipe: Sequence[str]
    version: str
