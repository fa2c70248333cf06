"""Clusters: requests whose photos show one image are one piece of work.

A union-find over request ids: each request stands by itself or points at another, and the root names the cluster.
Joining two clusters changes their two roots and nothing else, however large they are; the lower tree goes under the
higher, so that a way up takes at most as many steps as the cluster has doublings.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.records import EarlierSighting


def joins(sighting: EarlierSighting, *, same_image_bits: int, shared_alteration: float) -> bool:
    """Return whether an earlier photo puts its claim and this one into one cluster, if nobody marked it as harmless.

    ``same_image_bits`` and ``shared_alteration`` are operating points of the policy that judges the claim.

    A photo of the catalogue never does: honest claims resemble it too. Where features were compared they decide; by the
    hash alone only near photos count. Two that were made from one photo of goods are one image where they were altered
    alike.
    """
    if sighting.source != "claim" or sighting.request_id is None:
        return False
    if sighting.explained_by is not None and (sighting.shared_alteration or 0) < shared_alteration:
        return False
    return sighting.distance_bits <= same_image_bits if sighting.confirmed is None else sighting.confirmed


@dataclass(frozen=True, slots=True)
class Node:
    """Where a request points, None for the root of a cluster; ``rank`` is at least the height of what is below it."""

    joined_into: str | None
    rank: int


class UnionFind:
    """The clusters around some requests. ``roots`` has the root, and its rank, of each request that is not alone.

    ``changed`` collects what :meth:`join` did, to be stored.
    """

    def __init__(self, roots: Mapping[str, tuple[str, int]]) -> None:
        self._root_of = {node: root for node, (root, _) in roots.items()}
        self._ranks = dict(roots.values())
        self.changed: dict[str, Node] = {}

    def root(self, node: str) -> str:
        """Return the name of the cluster that a request is in: itself when it is alone."""
        above = self._root_of.get(node, node)
        while (higher := self._root_of.get(above, above)) != above:
            above = higher
        self._root_of[node] = above
        return above

    def join(self, earlier: str, later: str) -> None:
        """Make the clusters of two requests one, under the name of the higher tree; of equals, the earlier's."""
        kept, given = self.root(earlier), self.root(later)
        if kept == given:
            return
        if self._rank(given) > self._rank(kept):
            kept, given = given, kept
        rank = max(self._rank(kept), self._rank(given) + 1)
        self._root_of[given] = kept
        self._ranks[kept] = rank
        self.changed[given] = Node(kept, self._rank(given))
        self.changed[kept] = Node(None, rank)

    def _rank(self, root: str) -> int:
        return self._ranks.get(root, 0)


def rebuilt(nodes: Iterable[str], pairs: Iterable[tuple[str, str]], root: str) -> dict[str, Node]:
    """Return where each of ``nodes`` points once only ``pairs`` of them, (earlier, later), still belong together.

    The cluster that holds ``root`` keeps that name; every other part is named after the request of it that was joined
    by most, the smallest id among equals. Each request points straight at its root.
    """
    known = sorted(set(nodes))
    ordered = sorted(set(pairs))
    parts = UnionFind({})
    for earlier, later in ordered:
        parts.join(earlier, later)
    joined = Counter(earlier for earlier, _ in ordered)
    named: dict[str, str] = {}
    for node in sorted(known, key=lambda node: (node != root, -joined[node], node)):
        named.setdefault(parts.root(node), node)
    names = {node: named[parts.root(node)] for node in known}
    has_others = {names[node] for node in known if names[node] != node}
    return {
        node: Node(None, int(node in has_others)) if names[node] == node else Node(names[node], 0) for node in known
    }
