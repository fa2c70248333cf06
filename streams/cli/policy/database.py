"""The database of the settings, as the policy commands ask it. Loaded when one does: `check` and `test` need none."""

from streams.adapters.sql.kept import SqlKeptEvidence
from streams.adapters.sql.keys import audit_key
from streams.adapters.sql.labels import SqlLabels
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.trials import SqlTrials
from streams.cli.database import current_engine
from streams.clock import now_ms
from streams.judgement.explaining import Explaining
from streams.judgement.overview import Overview
from streams.judgement.trying import Trying
from streams.judgement.versions import Versions
from streams.settings import load


class PolicyDatabase:
    """Policies, what the judge saw, and what trials found."""

    def __init__(self) -> None:
        """Open it; errors as of :func:`streams.cli.database.current_engine`."""
        self._settings = load()
        self._engine = current_engine(self._settings)
        self.policies = PolicyStore(self._engine)
        self.kept = SqlKeptEvidence(self._engine)
        self.trials = SqlTrials(self._engine)

    def versions(self) -> Versions:
        """Return what may be done with policies."""
        return Versions(self.policies, self.kept, self.trials, four_eyes=self._settings.policy_four_eyes)

    def trying(self) -> Trying:
        """Return how policies are tried on the past."""
        return Trying(self.kept, self.trials, SqlLabels(self._engine), self.policies, self._draw_key())

    def explaining(self) -> Explaining:
        """Return how decisions are explained."""
        return Explaining(self.kept, self.policies, self._draw_key())

    def overview(self) -> Overview:
        """Return how rules are counted."""
        return Overview(self.kept, self.policies, SqlLabels(self._engine), self._draw_key())

    def _draw_key(self) -> bytes:
        """Return the key that draws the random audit: the settings' own, else the one that the database keeps."""
        given = self._settings.audit_key
        return given.get_secret_value().encode() if given else audit_key(self._engine, now_ms())
