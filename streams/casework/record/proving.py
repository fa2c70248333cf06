"""Proves the audit: every chain, sealed head and stamp, and every case's row; names the first that is not as it was."""

from dataclasses import dataclass
from typing import Literal

from streams.cases.audit import FIRST_PREVIOUS, first_fault
from streams.cases.record.seals import FIRST_NUMBER, Leaf, Seal, head_of, root_of
from streams.cases.record.told_by_trail import told_otherwise
from streams.casework.record.sealing_ports import AuditSeals, Chain, StampCheck
from streams.errors import BadStamp

Part = Literal["entry", "seal", "stamp", "case"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What is not as it was written, and how: an ``entry`` (case and its seq), a ``seal`` or a ``stamp`` (number).

    Or a ``case`` (and the seq of its last entry), whose row says something else than its entries.
    """

    part: Part
    case_id: str | None = None
    seq: int | None = None
    seal_no: int | None = None
    why: str


@dataclass(slots=True, kw_only=True)
class Proved:
    """What was checked, until the end or until something was ``broken``.

    ``unsealed`` entries are not covered by a seal yet. ``erased`` entries have no payload any more; their chain holds
    without it. ``untrusted`` stamps are on the right head, but without root certificates nobody can check who signed
    them. ``head`` and ``seal_no`` are of the newest seal; ``stamped_at_ms`` is when the newest stamp was made.
    """

    cases: int = 0
    entries: int = 0
    unsealed: int = 0
    erased: int = 0
    seals: int = 0
    stamps: int = 0
    untrusted: int = 0
    seal_no: int | None = None
    head: str | None = None
    stamped_at_ms: int | None = None
    broken: Broken | None = None


FAULTS = {
    "MISSING": "this entry is missing, or stands out of its place",
    "LINK": "its link is not the hash of what it says: who, when, what, its commitment, or the link before it changed",
    "PAYLOAD": "its payload is not the one that it commits to",
    "TAKEN_AWAY": "its payload is gone, and no later entry says that it was erased",
}


def prove(seals: AuditSeals, check: StampCheck, head: str | None = None) -> Proved:
    """Return what was checked, up to the first broken link; ``head`` (hex) was published, and has to be a seal's."""
    proved = Proved()
    rows = list[Broken]()
    broken = _chains(seals, proved, rows) or _seals(seals, proved, head) or _stamps(seals, check, proved)
    proved.broken = broken or next(iter(rows), None)  # last: a trail that is cut off is why a row says more than it
    return proved


def _chains(seals: AuditSeals, proved: Proved, rows: list[Broken]) -> Broken | None:
    """Return the first broken entry; ``rows`` gets the first case whose row says something else than its trail."""
    for some in seals.chains():
        for chain in some:
            fault = first_fault(chain.case_id, chain.entries)
            if fault is not None:
                return Broken(part="entry", case_id=chain.case_id, seq=fault[0], why=FAULTS[fault[1]])
            if not rows and (other := told_otherwise(chain.row, chain.entries)) is not None:
                why = f"its row was changed, and no entry says so: {other}"
                rows.append(Broken(part="case", case_id=chain.case_id, seq=chain.entries[-1].seq, why=why))
            _count(chain, proved)
    return None


def _count(chain: Chain, proved: Proved) -> None:
    proved.cases += 1
    proved.entries += len(chain.entries)
    proved.erased += sum(entry.payload is None for entry in chain.entries)


def _seals(seals: AuditSeals, proved: Proved, head: str | None) -> Broken | None:
    before, published = FIRST_PREVIOUS, head is None
    for number, seal in enumerate(seals.seals(), FIRST_NUMBER):
        if seal.seal_no != number:
            return Broken(part="seal", seal_no=number, why="this seal is missing")
        broken = _seal(seal, before, seals.leaves(number))
        if broken is not None:
            return broken
        before = seal.head
        published = published or seal.head.hex() == head
        proved.seals, proved.seal_no, proved.head = number, number, seal.head.hex()
    covered = seals.last_covered() or 0
    if covered > proved.seals:
        return Broken(part="seal", seal_no=proved.seals + 1, why="this seal is missing, and entries say it covers them")
    if not published:
        return Broken(part="seal", why=f"no seal has the published head {head}: the newest were cut off, or changed")
    proved.unsealed = seals.unsealed(proved.entries + 1).entries
    return None


def _seal(seal: Seal, before: bytes, leaves: list[Leaf]) -> Broken | None:
    if len(leaves) != seal.leaves:
        why = f"it covers the ends of {seal.leaves} chains, and {len(leaves)} say so: entries were added or cut off"
    elif root_of(leaves) != seal.root:
        why = "its root is not the one over the entries that it covers: a chain was written anew"
    elif head_of(before, seal.seal_no, seal.sealed_at_ms, seal.leaves, seal.root) != seal.head:
        why = "its head is not the hash of what it says and of the head before it"
    else:
        return None
    return Broken(part="seal", seal_no=seal.seal_no, why=why)


def _stamps(seals: AuditSeals, check: StampCheck, proved: Proved) -> Broken | None:
    stamps = {stamp.seal_no: stamp for stamp in seals.stamps()}
    for seal in seals.seals():
        stamp = stamps.get(seal.seal_no)
        if stamp is None:
            continue
        try:
            proved.stamped_at_ms = check.stamped_at_ms(stamp.response, seal.head)
        except BadStamp as exc:
            return Broken(part="stamp", seal_no=seal.seal_no, why=str(exc))
        proved.stamps += 1
        proved.untrusted += not check.trusts
    return None
