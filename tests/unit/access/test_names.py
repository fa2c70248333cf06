"""Whom a key acts for, or who is at the command line, cannot be taken for the system or for another door's name."""

import pytest

from streams.access.names import person_named
from streams.cases.acts import person_of
from streams.errors import Invalid

WIDE = "\uff4c\uff4f\uff43\uff41\uff4c"
"""A word in wide letters: local."""


@pytest.mark.parametrize(
    "name", ["", " ", "system", "System", "SYSTEM", "local:lin", "key:shop", "local\uff1alin", "a\u200bb", "x" * 129]
)
def test_what_is_no_persons_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        person_named(name, "Sentinel-Actor")


@pytest.mark.parametrize("name", ["lin.wei", "Lin Wei", "\u674e\u96f7", "o'brien", "systema"])
def test_other_names_are_taken_as_they_are(name: str) -> None:
    assert person_named(f" {name} ", "Sentinel-Actor") == name


@pytest.mark.parametrize("name", ["lin.wei", "LIN.WEI", "local:Lin.Wei", "Local:lin.wei", f"{WIDE}:lin.wei"])
def test_a_person_is_one_under_every_name(name: str) -> None:
    assert person_of(name) == "lin.wei"
