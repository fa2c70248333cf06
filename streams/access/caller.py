"""Who asks: found out at the door, and handed to the use cases as a name and what it may see."""

from collections.abc import Collection
from dataclasses import dataclass

from streams.access.roles import Role, Scope
from streams.cases.acts import AuditAct, shows_something
from streams.errors import Invalid, NotAllowed

EVERYTHING = frozenset({Role.PLATFORM, Role.REVIEWER, Role.SENIOR, Role.OPERATOR, Role.AUDITOR, Role.ADMIN})
"""Roles that see every case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who asks, with a name and scopes.

    ``account`` is what was shown at the door (a key, a token's party), ``name`` the person it acts for: who is written
    into the audit trail. ``request_id`` is the only request that a platform's token is for.
    """

    account: str
    name: str
    scopes: frozenset[Scope]
    request_id: str | None = None

    @property
    def roles(self) -> frozenset[Role]:
        """What it may be."""
        return frozenset(scope.role for scope in self.scopes)

    def parties(self, role: Role) -> tuple[str, ...]:
        """Return the parties of a role that it speaks for, in their order."""
        return tuple(sorted(scope.party for scope in self.scopes if scope.role is role and scope.party))

    def has(self, roles: Collection[Role]) -> bool:
        """Return whether it has one of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def sees_everything(self) -> bool:
        """Whether cases of every party are shown to it."""
        return self.has(EVERYTHING)

    def owns(self, request_id: str, merchant_id: str, buyer_id: str) -> bool:
        """Return whether what is about this request is shown to it."""
        if self.request_id is not None and self.request_id != request_id:
            return False
        theirs = {Scope(Role.MERCHANT, merchant_id), Scope(Role.BUYER, buyer_id)}
        return self.sees_everything or not theirs.isdisjoint(self.scopes)

    def act(self, note: str, at_ms: int) -> AuditAct:
        """Return what it does now, and why; :class:`Invalid` where nobody would see anything of the ``note``."""
        if note and not shows_something(note):
            msg = "write something that others can see: there are only signs that do not show"
            raise Invalid(msg)
        speaks_for = frozenset((scope.role.value, scope.party) for scope in self.scopes if scope.party is not None)
        return AuditAct(by=self.name, note=note, at_ms=at_ms, speaks_for=speaks_for)


def party_of(caller: Caller, given: str | None) -> Role:
    """Return the party for which ``caller`` speaks: its own, or the one that a platform names.

    Raises :class:`Invalid` where a platform names none, :class:`NotAllowed` where somebody speaks for another.
    """
    own = caller.roles & {Role.MERCHANT, Role.BUYER}
    if Role.PLATFORM in caller.roles or len(own) > 1:
        if given is None:
            msg = "say whose this is: give party as merchant or buyer"
            raise Invalid(msg)
        return Role(given)
    if not own or given not in {None, *own}:
        msg = f"who acts here cannot speak for the {given or 'parties'}"
        raise NotAllowed(msg)
    return next(iter(own))
