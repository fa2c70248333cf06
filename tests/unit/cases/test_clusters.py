"""Clusters are a union-find, however they are loaded, joined and built anew."""

from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cases.photos.clusters import Node, UnionFind, joins, rebuilt
from tests.unit.policy.questions import a_sighting

NODES = [f"rr-{n:02}" for n in range(24)]
pairs = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=40)

Parts = set[frozenset[str]]


def parts(nodes: Iterable[str], joined: Iterable[tuple[str, str]]) -> Parts:
    """The model: sets that are merged."""
    part_of = {node: {node} for node in nodes}
    for one, other in joined:
        if part_of[one] is not part_of[other]:
            part_of[one] |= part_of[other]
            for node in part_of[other]:
                part_of[node] = part_of[one]
    return {frozenset(part) for part in part_of.values()}


def root(stored: Mapping[str, Node], node: str) -> tuple[str, int]:
    """The root of a node in stored rows, and how many steps it is away."""
    steps = 0
    while (above := stored.get(node, Node(None, 0)).joined_into) is not None:
        node, steps = above, steps + 1
    return node, steps


def parts_of(stored: Mapping[str, Node]) -> Parts:
    roots = {node: root(stored, node)[0] for node in NODES}
    return {frozenset(node for node in NODES if roots[node] == name) for name in roots.values()}


@pytest.mark.parametrize(
    ("changes", "joined"),
    [
        ({"distance_bits": 31}, True),
        ({"distance_bits": 32}, False),
        ({"distance_bits": 45, "confirmed": True}, True),
        ({"distance_bits": 5, "confirmed": False}, False),
        ({"source": "catalogue"}, False),
        ({"explained_by": "r1", "shared_alteration": 0.49}, False),
        ({"explained_by": "r1"}, False),
        ({"explained_by": "r1", "shared_alteration": 0.5}, True),
        ({"explained_by": "r1", "shared_alteration": 1.0, "confirmed": True, "distance_bits": 45}, True),
    ],
)
def test_one_image_joins_two_claims_and_one_photo_of_the_goods_does_not(
    changes: Mapping[str, object], *, joined: bool
) -> None:
    assert joins(a_sighting(**changes), same_image_bits=31, shared_alteration=0.5) is joined


def stored_after(batches: Sequence[Sequence[tuple[str, str]]]) -> dict[str, Node]:
    """Rows after batches, each of which loads only what it needs, as the database does."""
    stored: dict[str, Node] = {}
    for batch in batches:
        asked = {node for pair in batch for node in pair} & set(stored)
        loaded = {node: (name, stored[name].rank) for node in asked for name in [root(stored, node)[0]]}
        clusters = UnionFind(loaded)
        for earlier, later in batch:
            clusters.join(earlier, later)
        stored |= clusters.changed
    return stored


@given(st.lists(pairs, max_size=6))
def test_batches_join_as_sets_would_be_merged(batches: list[list[tuple[str, str]]]) -> None:
    stored = stored_after(batches)

    assert parts_of(stored) == parts(NODES, [pair for batch in batches for pair in batch])


@given(st.lists(pairs, max_size=6))
def test_no_way_up_is_longer_than_the_doublings_of_its_cluster(batches: list[list[tuple[str, str]]]) -> None:
    stored = stored_after(batches)

    for part in parts_of(stored):
        steps = max(root(stored, node)[1] for node in part)
        assert 2**steps <= len(part)


def test_of_two_equal_clusters_the_earlier_keeps_its_name() -> None:
    clusters = UnionFind({})
    clusters.join("rr-2", "rr-1")

    assert (clusters.root("rr-1"), clusters.root("rr-2")) == ("rr-2", "rr-2")
    assert clusters.changed == {"rr-1": Node("rr-2", 0), "rr-2": Node(None, 1)}


def test_a_single_request_joins_a_large_cluster_without_changing_its_name() -> None:
    clusters = UnionFind({"rr-9": ("rr-5", 3)})
    clusters.join("rr-1", "rr-9")

    assert clusters.root("rr-1") == "rr-5"
    assert clusters.changed["rr-1"] == Node("rr-5", 0)


@given(pairs, st.sampled_from(NODES))
def test_what_is_built_anew_holds_what_still_belongs_together(joined: list[tuple[str, str]], kept: str) -> None:
    stored = rebuilt(NODES, joined, kept)

    assert parts_of(stored) == parts(NODES, joined)
    assert set(stored) == set(NODES)
    assert stored[kept].joined_into is None
    for node, row in stored.items():
        assert root(stored, node)[1] <= 1
        if row.joined_into is not None:
            assert stored[row.joined_into].rank > 0
