"""What the owners of the rules need from the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from streams.policy.question import StoredPolicy
from streams.policy.stored_judgement import StoredJudgement

Act = Literal["seed", "activate", "rollback", "hold"]
TrialKind = Literal["backtest", "shadow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """That somebody changed which policy judges; ``effective_from_ms`` None: at once."""

    policy_sha256: str
    name: str
    act: Act
    at_ms: int
    by: str
    note: str = ""
    effective_from_ms: int | None = None

    @property
    def since_ms(self) -> int:
        """From when on it holds."""
        return self.at_ms if self.effective_from_ms is None else self.effective_from_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A policy that is stored; ``proposed_by`` None: it was activated from a file, by whoever the activation names."""

    policy: StoredPolicy
    stored_at_ms: int
    proposed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A policy that is tried on kept evidence: from ``since_ms`` on, up to ``before_ms`` where it has an end.

    ``place`` is how far it came; ``tally`` is what it found, as :mod:`streams.judgement.tally` writes it.
    """

    trial_id: int
    kind: TrialKind
    policy_sha256: str
    begun_at_ms: int
    begun_by: str
    since_ms: int
    before_ms: int | None
    place: int
    ended_at_ms: int | None
    tally: str


class PolicyVersions(Protocol):
    """The policies of one database; every change adds a row, and none is ever taken away."""

    def active(self, now_ms: int | None = None) -> StoredPolicy:
        """Return the policy that judges; :class:`streams.errors.PolicyError` when there is none."""

    def found(self, start: str) -> Sequence[Proposal]:
        """Return the stored policies whose hash begins so."""

    def propose(self, policy: StoredPolicy, now_ms: int, by: str) -> None:
        """Store a draft; one that is stored already stays as it is."""

    def append(self, policy: StoredPolicy, activation: Activation) -> None:
        """Store an activation, and the policy where it is new."""

    def activations(self, limit: int = 0) -> Sequence[Activation]:
        """Return activations, newest first; 0: all."""


class KeptEvidence(Protocol):
    """What the judge saw of each request."""

    def after(self, kept_id: int, before_ms: int, limit: int) -> tuple[list[StoredJudgement], int]:
        """Return about ``limit`` records behind a place, kept before ``before_ms``, and the last one's place."""

    def of_request(self, request_id: str) -> list[StoredJudgement]:
        """Return the decision on each content of a request, oldest first."""

    def begin(self, since_ms: int) -> tuple[int, int]:
        """Return the place before the first chunk that was kept at ``since_ms`` or later, and its records and later."""

    def missing(self, since_ms: int, before_ms: int) -> Sequence[tuple[str, str]]:
        """Return request and digest of decisions between these times of which nothing is kept."""


class Trials(Protocol):
    """Trials of policies, and how far they came."""

    def begin(self, kind: TrialKind, policy: StoredPolicy, trial: Trial) -> Trial:
        """Return the trial that begins now, with its id; the policy is stored where it is new."""

    def save(self, trials: Sequence[tuple[Trial, int]]) -> list[bool]:
        """Return of each trial whether it was stored how far it came, from the place beside it on; one transaction.

        Not where it ended, or another process took it on meanwhile.
        """

    def latest(self, kind: TrialKind, policy_sha256: str) -> Trial | None:
        """Return the newest trial of a policy."""

    def running(self, kind: TrialKind) -> Sequence[Trial]:
        """Return the trials that did not end, oldest first."""
