"""Which policy judges: the texts that were ever active, and who activated which when."""

from sqlalchemy import Connection, Engine, insert, select, text

from streams.adapters.sql.bulk_insert import insert_or_leave
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.queries import Queries
from streams.adapters.sql.tables import policies, policy_activations
from streams.ports import StoredPolicy

SEEDED_BY = "seed"


class PolicyStore:
    """The policies of one database; what was activated last holds for every batch that begins afterwards."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reads = Queries(engine.dialect.name)

    def active(self) -> StoredPolicy:
        """Return the policy that was activated last; :class:`streams.errors.PolicyError` when there is none."""
        with reading(self._engine) as connection:
            return self._reads.active_policy(connection)

    def activate(self, policy: StoredPolicy, now_ms: int, who: str) -> None:
        """Make ``policy`` the active one, storing its text where it is new."""
        with writing(self._engine) as connection:
            self._activate(connection, policy, now_ms, who)

    def seed(self, policy: StoredPolicy, now_ms: int) -> bool:
        """Return whether ``policy`` was made the active one, which happens only where none ever was."""
        with writing(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("LOCK TABLE policy_activations IN SHARE ROW EXCLUSIVE MODE"))
            if connection.execute(select(policy_activations.c.activation_id).limit(1)).first() is not None:
                return False
            self._activate(connection, policy, now_ms, SEEDED_BY)
            return True

    def _activate(self, connection: Connection, policy: StoredPolicy, now_ms: int, who: str) -> None:
        stored = {"sha256": policy.sha256, "name": policy.name, "text": policy.text, "stored_at_ms": now_ms}
        activation = {"policy_sha256": policy.sha256, "activated_at_ms": now_ms, "activated_by": who}
        connection.execute(insert_or_leave(self._engine, policies), stored)
        connection.execute(insert(policy_activations), activation)
