"""Which policy judges, told in the log: at the start, and each time that somebody activates another one."""

import asyncio
from collections.abc import Callable

import structlog

from streams.ports import DatabaseCalls, StoredPolicy

LOOK_EVERY_S = 5.0

log = structlog.get_logger(__name__)


class PolicyWatch:
    """Looks at the active policy now and then; what it says judges every batch that begins after the activation."""

    def __init__(
        self,
        active: Callable[[], StoredPolicy],
        database: DatabaseCalls,
        usable: Callable[[StoredPolicy], bool] = lambda _: True,
        unusable: Callable[[bool], object] = lambda _: None,
        changed: Callable[[], object] = lambda: None,
    ) -> None:
        """``active`` returns the active policy; it is called in the database thread.

        ``unusable`` is told at each look whether the active policy is one that this worker cannot judge by; the one
        before it judges then. ``changed`` is called when another one comes into force, not for the first.
        """
        self._active = active
        self._database = database
        self._usable = usable
        self._unusable = unusable
        self._changed = changed
        self._told: str | None = None
        self._in_force: str | None = None

    async def run(self) -> None:
        """Look for as long as the worker lives."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Tell the policy where it is another one than was told last."""
        policy = await self._database.call("policy", self._active)
        usable = self._usable(policy)
        self._unusable(not usable)
        if policy.sha256 == self._told:
            return
        said = "policy in force" if self._told is None else "policy changed"
        if usable:
            log.info(said, policy=policy.name, sha256=policy.sha256, before=self._told)
        else:
            log.error("policy cannot be used: the one before it judges", policy=policy.name, sha256=policy.sha256)
        if usable:
            if self._in_force not in {None, policy.sha256}:
                self._changed()
            self._in_force = policy.sha256
        self._told = policy.sha256
