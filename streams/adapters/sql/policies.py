"""Which policy judges: the texts that were proposed or active, and who activated which when."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, insert, select, text

from streams.adapters.sql.bulk_insert import insert_on_conflict, insert_or_leave
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.queries import Queries
from streams.adapters.sql.tables import policies, policy_activations
from streams.clock import now_ms as present_ms
from streams.judgement.ports import Act, Activation, Proposal
from streams.ports import StoredPolicy

SEEDED_BY = "seed"


class PolicyStore:
    """Fulfils :class:`streams.judgement.ports.PolicyVersions`.

    What was activated last, and is effective, holds for every batch that begins afterwards.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reads = Queries(engine.dialect)

    def active(self, now_ms: int | None = None) -> StoredPolicy:
        """Return the policy that judges; :class:`streams.errors.PolicyError` when there is none."""
        with reading(self._engine) as connection:
            return self._reads.active_policy(connection, present_ms() if now_ms is None else now_ms)

    def activate(self, policy: StoredPolicy, now_ms: int, who: str) -> None:
        """Make ``policy`` the active one, storing its text where it is new."""
        self.append(policy, _activation(policy, now_ms, who))

    def seed(self, policy: StoredPolicy, now_ms: int) -> bool:
        """Return whether ``policy`` was made the active one, which happens only where none ever was."""
        with writing(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("LOCK TABLE policy_activations IN SHARE ROW EXCLUSIVE MODE"))
            if connection.execute(select(policy_activations.c.activation_id).limit(1)).first() is not None:
                return False
            self._append(connection, policy, _activation(policy, now_ms, SEEDED_BY, "seed"))
            return True

    def found(self, start: str) -> Sequence[Proposal]:
        """Return the stored policies whose hash begins so."""
        wanted = select(policies).where(policies.c.sha256.startswith(start, autoescape=True))
        with reading(self._engine) as connection:
            return [
                Proposal(
                    policy=StoredPolicy(name=row.name, sha256=row.sha256, text=row.text),
                    stored_at_ms=row.stored_at_ms,
                    proposed_by=row.proposed_by,
                )
                for row in connection.execute(wanted.order_by(policies.c.stored_at_ms))
            ]

    def propose(self, policy: StoredPolicy, now_ms: int, by: str) -> None:
        """Store a draft; one that somebody proposed stays as it is. One that was only tried has a proposer from now."""
        row = _row(policy, now_ms, by)
        changed = {name: row[name] for name in ("proposed_by", "stored_at_ms")}
        statement = insert_on_conflict(self._engine, policies).on_conflict_do_update(
            index_elements=["sha256"], set_=changed, where=policies.c.proposed_by.is_(None)
        )
        with writing(self._engine) as connection:
            connection.execute(statement, row)

    def append(self, policy: StoredPolicy, activation: Activation) -> None:
        """Store an activation, and the policy where it is new."""
        with writing(self._engine) as connection:
            self._append(connection, policy, activation)

    def activations(self, limit: int = 0) -> Sequence[Activation]:
        """Return activations, newest first; 0: all."""
        wanted = select(policy_activations, policies.c.name).join(policies)
        wanted = wanted.order_by(policy_activations.c.activation_id.desc()).limit(limit or None)
        with reading(self._engine) as connection:
            return [
                Activation(
                    policy_sha256=row.policy_sha256,
                    name=row.name,
                    act=row.act,
                    at_ms=row.activated_at_ms,
                    by=row.activated_by,
                    note=row.note,
                    effective_from_ms=row.effective_from_ms,
                )
                for row in connection.execute(wanted)
            ]

    def _append(self, connection: Connection, policy: StoredPolicy, activation: Activation) -> None:
        connection.execute(insert_or_leave(self._engine, policies), _row(policy, activation.at_ms, None))
        row = {
            "policy_sha256": policy.sha256,
            "activated_at_ms": activation.at_ms,
            "activated_by": activation.by,
            "act": activation.act,
            "note": activation.note,
            "effective_from_ms": activation.effective_from_ms,
        }
        connection.execute(insert(policy_activations), row)


def _row(policy: StoredPolicy, now_ms: int, by: str | None) -> dict[str, str | int | None]:
    stored = {"sha256": policy.sha256, "name": policy.name, "text": policy.text}
    return {**stored, "stored_at_ms": now_ms, "proposed_by": by}


def _activation(policy: StoredPolicy, now_ms: int, who: str, act: Act = "activate") -> Activation:
    return Activation(policy_sha256=policy.sha256, name=policy.name, act=act, at_ms=now_ms, by=who)
