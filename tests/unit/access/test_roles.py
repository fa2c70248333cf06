"""Scopes: what they spell, and that nothing else is one."""

import pytest

from streams.access.caller import Caller, party_of
from streams.access.roles import Role, Scope, scope_of
from streams.errors import Invalid, NotAllowed


@pytest.mark.parametrize("text", ["platform", "merchant:m-5", "buyer:b.17:x", "policy-author", "admin"])
def test_a_scope_is_spelt_as_it_was_read(text: str) -> None:
    assert str(scope_of(text)) == text


@pytest.mark.parametrize("text", ["", "root", "merchant", "merchant:", "buyer:a b", "platform:x", "Admin", "admin:"])
def test_what_is_no_scope_is_refused_with_those_that_there_are(text: str) -> None:
    with pytest.raises(Invalid, match=r"merchant:ID"):
        scope_of(text)


def a_caller(*scopes: str, request_id: str | None = None) -> Caller:
    return Caller(account="k", name="n", scopes=frozenset(map(scope_of, scopes)), request_id=request_id)


def test_parties_own_what_is_theirs_alone() -> None:
    merchant = a_caller("merchant:m-1")

    assert merchant.owns("rr-1", "m-1", "b-1")
    assert not merchant.owns("rr-1", "m-2", "b-1")
    assert not a_caller("buyer:m-1").owns("rr-1", "m-1", "b-1")
    assert not a_caller("merchant:m-1", request_id="rr-2").owns("rr-1", "m-1", "b-1")
    assert not a_caller("policy-author").owns("rr-1", "m-1", "b-1")
    assert a_caller("auditor").owns("rr-1", "m-1", "b-1")


def test_who_speaks_for_whom() -> None:
    assert party_of(a_caller("buyer:b-1"), None) is Role.BUYER
    assert party_of(a_caller("platform"), "merchant") is Role.MERCHANT
    with pytest.raises(Invalid):
        party_of(a_caller("platform"), None)
    with pytest.raises(NotAllowed):
        party_of(a_caller("buyer:b-1"), "merchant")


def test_a_party_is_part_of_a_scope() -> None:
    assert Scope(Role.BUYER, "b-1") != Scope(Role.BUYER, "b-2")
