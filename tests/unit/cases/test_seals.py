"""A leaf's path leads to the root that was sealed, and nobody else's does."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cases.audit import hashed
from streams.cases.record.seals import NODE, Leaf, PathStep, head_of, ordered, path_to, root_of, seal_after

leaves = st.lists(
    st.builds(Leaf, st.text("abcd", min_size=1, max_size=4), st.integers(1, 9), st.binary(min_size=32, max_size=32)),
    min_size=1,
    max_size=20,
).map(ordered)


def root_by(leaf: Leaf, path: Iterable[PathStep]) -> bytes:
    """Return the root to which a leaf and its path lead, as a reader of a package reckons it."""
    digest = leaf.digest
    for step in path:
        digest = hashed(NODE, step.digest, digest) if step.left else hashed(NODE, digest, step.digest)
    return digest


@given(leaves)
def test_each_leaf_leads_to_the_root(found: list[Leaf]) -> None:
    root = root_of(found)

    assert all(root_by(leaf, path_to(found, place)) == root for place, leaf in enumerate(found))


@given(leaves, st.data())
def test_a_changed_leaf_leads_elsewhere(found: list[Leaf], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(found) - 1))
    other = found[place]._replace(seq=found[place].seq + 1)

    assert root_by(other, path_to(found, place)) != root_of(found)


@given(leaves)
def test_of_one_case_only_its_end_is_a_leaf(found: list[Leaf]) -> None:
    names = [leaf.case_id for leaf in found]

    assert names == sorted(set(names), key=str.encode)


def test_heads_are_chained() -> None:
    one = [Leaf("c-1", 1, bytes(32))]
    first = seal_after(None, one, 10)
    second = seal_after(first, one, 20)

    assert (first.seal_no, second.seal_no, first.root) == (1, 2, second.root)
    assert second.head == head_of(first.head, 2, 20, 1, second.root)
    assert second.head != seal_after(None, one, 20).head


def test_a_seal_covers_something() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        root_of([])
