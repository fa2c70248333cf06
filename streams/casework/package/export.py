"""Making an evidence package: a case as of one sealed head, in one zip that is the same bytes each time."""

from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from schemas.units import HOUR_MS
from streams.cases.record.seals import Seal
from streams.cases.reviewing.withholding import WITHHELD
from streams.casework.package.archive import Archive
from streams.casework.package.contents import Asked, Made, Sources
from streams.casework.package.files import Package
from streams.casework.package.ports import Export, Originals, PackageRecords
from streams.casework.record.sealing import AT_ONCE
from streams.casework.record.sealing_ports import AuditSeals, Stamp, TimeAuthority
from streams.errors import AuditBroken, AuthorityUnavailable, CaseChanged, Invalid

ERASED_WITHIN_MS = HOUR_MS
"""An erasure takes no longer: one that began before and is not finished was cut off, and has to be repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """Makes packages."""

    records: PackageRecords
    seals: AuditSeals
    originals: Originals
    authority: TimeAuthority | None = None

    def export(self, asked: Asked, to: IO[bytes], by: str, at_ms: int) -> Made:
        """Return what was written to ``to``; entries that no seal covers yet are sealed first.

        :class:`Invalid` while a verdict is withheld from everybody; :class:`AuditBroken` where the chain is broken;
        :class:`CaseChanged` where the case went on, or somebody was erased, meanwhile. What was written is then no use.
        """
        case, audit = asked.found.case, asked.found.audit
        if any(entry.action == WITHHELD for entry in audit):
            msg = f"another person still has to come to a verdict on case {case.case_id}: export it once they did"
            raise Invalid(msg)
        if asked.found.audit_broken_at is not None:
            raise _broken(case.case_id, asked.found.audit_broken_at)
        seal = self._sealed(case.case_id, audit[0].seq if asked.audience == "ai-provider" else audit[-1].seq, at_ms)
        sources = Sources(records=self.records, seals=self.seals, originals=self.originals)
        archive = Archive(to)
        try:
            made = Package(sources, asked, seal, archive).write()
        except BaseException:
            archive.leave()
            raise
        self._require_not_erased(asked, made, at_ms)
        self.records.log(
            Export(
                case_id=case.case_id,
                version=case.version,
                seal_no=seal.seal_no,
                audience=asked.audience,
                list_sha256=made.list_sha256,
                exported_at_ms=at_ms,
                exported_by=by,
            )
        )
        return made

    def _require_not_erased(self, asked: Asked, made: Made, at_ms: int) -> None:
        """Raise :class:`CaseChanged` where somebody's data was erased while it was read: half of it may be in there."""
        case_id, gone = asked.found.case.case_id, set(made.missing) - made.unread
        going_on = bool(gone) and self.records.erasing_since(at_ms - ERASED_WITHIN_MS)
        if going_on or self.records.erased_after(case_id, asked.found.audit[-1].seq):
            msg = f"data of case {case_id} was erased while it was exported: nothing was made, export it again"
            raise CaseChanged(msg)

    def _sealed(self, case_id: str, seq: int, at_ms: int) -> Seal:
        sealed_all = False
        while (number := self.records.seal_covering(case_id, seq)) is None:
            if sealed_all:  # no seal will ever cover what the trail does not have
                raise _broken(case_id, seq)
            sealed_all = self.seals.seal(at_ms, AT_ONCE) is None
        self._stamp(at_ms)
        return self.records.seals_from(number)[0]

    def _stamp(self, at_ms: int) -> None:
        """Have the newest head stamped; where that fails the package says so, and workers go on trying."""
        newest = None if self.authority is None else self.seals.unstamped()
        if newest is None or self.authority is None:
            return
        with suppress(AuthorityUnavailable):
            response = self.authority.stamp(newest.head)
            stamp = Stamp(seal_no=newest.seal_no, received_at_ms=at_ms, authority=self.authority.url, response=response)
            self.seals.keep(stamp)


def _broken(case_id: str, seq: int) -> AuditBroken:
    return AuditBroken(f"entry {seq} of case {case_id} is broken: refund-sentinel audit verify")
