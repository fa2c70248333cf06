"""Trials of policies on kept evidence: how far each came, and what it found."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, Update, insert, select, update

from streams.adapters.sql.bulk_insert import insert_or_leave
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.tables import policies, policy_trials
from streams.judgement.ports import Trial, TrialKind
from streams.policy.question import StoredPolicy


class SqlTrials:
    """Fulfils :class:`streams.judgement.ports.Trials`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, kind: TrialKind, policy: StoredPolicy, trial: Trial) -> Trial:
        """Return the trial that begins now, with its id; the policy is stored where it is new."""
        stored = {"sha256": policy.sha256, "name": policy.name, "text": policy.text}
        row = {name: getattr(trial, name) for name in trial.__slots__ if name != "trial_id"}
        with writing(self._engine) as connection:
            connection.execute(insert_or_leave(self._engine, policies), stored | {"stored_at_ms": trial.begun_at_ms})
            made = connection.execute(insert(policy_trials).returning(policy_trials.c.trial_id), row | {"kind": kind})
            return Trial(trial_id=made.scalar_one(), **row)

    def save(self, trials: Sequence[tuple[Trial, int]]) -> list[bool]:
        """Return of each trial whether it was stored how far it came: not where another process took it on.

        They are stored together: SQLite has one writer, and who decides waits for each commit.
        """
        if not trials:
            return []
        with writing(self._engine) as connection:
            return [connection.execute(_further(trial, was_at)).rowcount == 1 for trial, was_at in trials]

    def latest(self, kind: TrialKind, policy_sha256: str) -> Trial | None:
        """Return the newest trial of a policy."""
        wanted = select(policy_trials).where(
            policy_trials.c.kind == kind, policy_trials.c.policy_sha256 == policy_sha256
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted.order_by(policy_trials.c.trial_id.desc()).limit(1)).first()
        return None if row is None else _trial(row)

    def running(self, kind: TrialKind) -> Sequence[Trial]:
        """Return the trials that did not end, oldest first."""
        wanted = select(policy_trials).where(policy_trials.c.kind == kind, policy_trials.c.ended_at_ms.is_(None))
        with reading(self._engine) as connection:
            return [_trial(row) for row in connection.execute(wanted.order_by(policy_trials.c.trial_id))]


def _further(trial: Trial, was_at: int) -> Update:
    own = (policy_trials.c.trial_id == trial.trial_id) & (policy_trials.c.place == was_at)
    own &= policy_trials.c.ended_at_ms.is_(None)
    return update(policy_trials).where(own).values(place=trial.place, tally=trial.tally, ended_at_ms=trial.ended_at_ms)


def _trial(row: Row[Any]) -> Trial:
    return Trial(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
