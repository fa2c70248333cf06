"""Roles, and the scopes by which a key has them."""

import re
from enum import StrEnum

import msgspec

from streams.errors import Invalid

_IDENTIFIER = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class Role(StrEnum):
    """What somebody is to the system."""

    PLATFORM = "platform"
    """The platform's own services: everything of requests and parties, for whom they speak."""
    MERCHANT = "merchant"
    """One merchant: its own cases."""
    BUYER = "buyer"
    """One buyer: their own cases, without what would show how the machine judges."""
    REVIEWER = "reviewer"
    """Decides the cases that the system gives out."""
    SENIOR = "senior"
    """A reviewer who also decides where two verdicts differ."""
    POLICY_AUTHOR = "policy-author"
    """Proposes policies."""
    POLICY_APPROVER = "policy-approver"
    """Activates policies that somebody else proposed."""
    OPERATOR = "operator"
    """Keeps the system running: queues, webhooks."""
    AUDITOR = "auditor"
    """Reads everything, changes nothing."""
    ADMIN = "admin"
    """Gives people their roles and keys."""


PARTIES = frozenset({Role.MERCHANT, Role.BUYER})
"""Roles that are always one party's: their scopes name it."""


class Scope(msgspec.Struct, frozen=True, order=True):
    """A role, and the ``party`` whose it is: ``merchant:m-5``; every other role has none."""

    role: Role
    party: str | None = None

    def __str__(self) -> str:
        return self.role.value if self.party is None else f"{self.role.value}:{self.party}"


def scope_of(text: str) -> Scope:
    """Return the scope that ``text`` spells; raises :class:`Invalid`, naming what there is."""
    name, colon, party = text.partition(":")
    known = name in set(Role)
    if known and Role(name) in PARTIES and _IDENTIFIER.fullmatch(party):
        return Scope(Role(name), party)
    if known and Role(name) not in PARTIES and not colon:
        return Scope(Role(name))
    names = ", ".join(f"{role}:ID" if role in PARTIES else role for role in Role)
    msg = f"{text!r} is no scope: give one of {names}"
    raise Invalid(msg)
