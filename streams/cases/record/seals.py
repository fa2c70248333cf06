"""Seals: at intervals the ends of all audit chains that grew are put under one hash, the head, which names them all.

A seal is a Merkle tree over **leaves**, one for each case that has new entries, ordered by case id. Heads are chained::

    leaf      = H("refund-sentinel/audit/leaf/1", case id, seq, link)
    node      = H("refund-sentinel/audit/node/1", left, right); a node without a neighbour goes up as it is
    head      = H("refund-sentinel/audit/seal/1", head before, number, at_ms, leaves, root)

with ``H`` of :mod:`streams.cases.audit`. The first head's previous one is 32 zero bytes. So the newest head commits to
every entry that was ever sealed, and whoever holds it, or a stamp on it, notices any change of the past.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from streams.cases.audit import FIRST_PREVIOUS, hashed

LEAF = b"refund-sentinel/audit/leaf/1"
NODE = b"refund-sentinel/audit/node/1"
SEAL = b"refund-sentinel/audit/seal/1"
FIRST_NUMBER = 1


class Leaf(NamedTuple):
    """The end of one chain when it was sealed."""

    case_id: str
    seq: int
    link: bytes

    @property
    def digest(self) -> bytes:
        """Its hash at the bottom of the tree, 32 bytes."""
        return hashed(LEAF, self.case_id, self.seq, self.link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """One sealed head."""

    seal_no: int
    sealed_at_ms: int
    leaves: int
    root: bytes
    head: bytes


class PathStep(NamedTuple):
    """A neighbour on the way from a leaf up to the root."""

    left: bool
    digest: bytes


def ordered(leaves: Iterable[Leaf]) -> list[Leaf]:
    """Return the leaves as they stand in the tree; of each case only the last entry."""
    last: dict[str, Leaf] = {}
    for leaf in leaves:
        if leaf.case_id not in last or last[leaf.case_id].seq < leaf.seq:
            last[leaf.case_id] = leaf
    return sorted(last.values(), key=lambda leaf: leaf.case_id.encode())


def root_of(leaves: Sequence[Leaf]) -> bytes:
    """Return the root over ordered leaves, 32 bytes; there has to be a leaf."""
    [root] = _levels(leaves)[-1]
    return root


def path_to(leaves: Sequence[Leaf], place: int) -> list[PathStep]:
    """Return the neighbours on the way from the leaf at ``place`` to the root."""
    steps = []
    for level in _levels(leaves)[:-1]:
        beside = place ^ 1
        if beside < len(level):
            steps.append(PathStep(left=beside < place, digest=level[beside]))
        place //= 2
    return steps


def seal_after(previous: Seal | None, leaves: Sequence[Leaf], at_ms: int) -> Seal:
    """Return the seal that follows ``previous`` over ordered leaves; None: the first one."""
    number = FIRST_NUMBER if previous is None else previous.seal_no + 1
    before = FIRST_PREVIOUS if previous is None else previous.head
    root = root_of(leaves)
    return Seal(
        seal_no=number,
        sealed_at_ms=at_ms,
        leaves=len(leaves),
        root=root,
        head=head_of(before, number, at_ms, len(leaves), root),
    )


def head_of(before: bytes, seal_no: int, at_ms: int, leaves: int, root: bytes) -> bytes:
    """Return the head of a seal, 32 bytes; ``before`` is the head of the seal before it."""
    return hashed(SEAL, before, seal_no, at_ms, leaves, root)


def _levels(leaves: Sequence[Leaf]) -> list[list[bytes]]:
    levels = [[leaf.digest for leaf in leaves]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [hashed(NODE, *below[at : at + 2]) for at in range(0, len(below) - 1, 2)]
        levels.append(pairs + below[2 * len(pairs) :])
    return levels
