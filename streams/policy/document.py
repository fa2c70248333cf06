"""A policy file read: YAML to frozen structs, strict about every key, with line and column of whatever is wrong."""

import hashlib
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

import msgspec

from schemas.records.base import Code, Currency, Minor
from streams.errors import PolicyError
from streams.policy.includes import Sources
from streams.policy.packaged import load_default
from streams.policy.refusals import explained
from streams.policy.yaml_reader import Source

_POINTS = "operating_points"

SubjectKind = Literal["request", "claim_photo", "comparison", "sighting"]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Score = Annotated[int, msgspec.Meta(ge=0, le=100)]
RuleId = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}(?![\s\S])")]


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a policy file: an unknown key is a typing error that would silently change who is reviewed."""


class Rule(_Section, frozen=True):
    """One rule: the subjects it looks at, the CEL expression that makes it fire, and the reason it then gives."""

    id: RuleId
    subject: SubjectKind = msgspec.field(name="for")
    when: str
    reason: Code
    score: Score
    recommend: tuple[Code, ...] = ()
    tags: tuple[Code, ...] = ()
    begins: date | None = msgspec.field(default=None, name="from")
    until: date | None = None
    when_unmeasured: Literal["review", "pass"] = "review"

    def said(self, what: str) -> str:
        """Return a sentence about this rule, with its name before it."""
        return f"rule {self.id!r}: {what}"


class Match(_Section, frozen=True):
    """Which requests an entry speaks of: each list that is given names the request's own. Days are UTC's.

    It holds from ``begins`` on, and no longer on ``until``.
    """

    categories: frozenset[Code] = frozenset()
    merchants: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    buyers: frozenset[str] = frozenset()
    begins: date | None = msgspec.field(default=None, name="from")
    until: date | None = None


class NotEligible(Match, frozen=True):
    """Requests that may not keep the goods; ``above_minor`` are only those above a sum, by currency."""

    above_minor: dict[Currency, Minor] = {}


class EvidenceNeeded(_Section, frozen=True):
    """What a claim has to show: ``media`` in all, and of these photos, videos, and ones taken live in the app."""

    media: Annotated[int, msgspec.Meta(ge=0, le=20)] = 1
    photos: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    videos: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    live_camera: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0


class ScoreBand(_Section, frozen=True):
    """From which score on what is recommended, whatever the rule."""

    name: Code
    begins: Score = msgspec.field(name="from")
    recommend: tuple[Code, ...] = ()


class Limits(_Section, frozen=True):
    """What may be refunded without a person, in one currency's smallest unit."""

    single_minor: Minor
    sum_30d_minor: Minor


class Override(Match, frozen=True):
    """What holds otherwise for the requests that it speaks of; ``rules_off`` are ids of rules that are not asked."""

    amount_limits: dict[Currency, Limits] = {}
    hold_s: Annotated[int, msgspec.Meta(ge=0, le=31_536_000)] | None = None
    audit_share: Share | None = None
    rules_off: frozenset[RuleId] = frozenset()


class EngineScores(_Section, frozen=True, rename="upper"):
    """Scores of the reasons that the engine itself gives, whatever the rules say."""

    content_changed: Score = 80
    evidence_missing: Score = 50
    evidence_unclear: Score = 30
    human_review: Score = 40
    not_looked: Score = 40
    random_audit: Score = 5
    policy_hold: Score = 10
    not_eligible: Score = 45


class OperatingPoints(_Section, frozen=True):
    """From where a score counts: rules, clusters, ``inspect`` and the bank of forgeries read these.

    From ``derived`` (0 to 1) on, a claim photo counts as made from the reference. From ``copied`` (0 to 1) on, its
    pixels count as the reference file's, up to ``taken_anew`` as a camera's own; between the two nobody knows. Up to
    ``same_image_bits`` (of 256), two photos are one image where features were not asked. From ``shared_alteration`` (0
    to 1, a share of what was altered) on, two claims that were made from one photo of goods are one image. Above
    ``another_scene`` (0 to 1, a share of the area) the scene is another one, and from ``ground_seen`` (0 to 1, a share
    of the listing's ground) on, a camera may have seen a screen or a print.
    """

    derived: Share
    same_image_bits: Annotated[int, msgspec.Meta(ge=0, le=256)]
    shared_alteration: Share
    copied: Share = 0.5
    taken_anew: Share = 0.02
    another_scene: Share = 0.5
    ground_seen: Share = 0.75


class PolicyDocument(_Section, frozen=True):
    """The content of a policy file.

    ``audit_share`` (0 to 1) of what would be CLEAR goes to a person at random. ``hold_s`` is how many seconds the
    platform is asked to wait after a CLEAR; None: it is not asked. A file without ``operating_points`` has those of the
    packaged policy: :func:`read` puts them in. ``evidence_needed`` is by the reason that the buyer stated; ``default``
    holds for all others. ``definitions`` are conditions
    that rules ask by their names (streams/policy/definitions.py).
    """

    name: Code
    rules: tuple[Rule, ...]
    amount_limits: dict[Currency, Limits]
    audit_share: Share
    operating_points: OperatingPoints
    excluded_categories: frozenset[Code] = frozenset()
    may_be_unmeasured: frozenset[str] = frozenset()
    hold_s: Annotated[int, msgspec.Meta(ge=0, le=31_536_000)] | None = None
    scores: EngineScores = EngineScores()
    evidence_needed: dict[str, EvidenceNeeded] = {}
    not_eligible: tuple[NotEligible, ...] = ()
    overrides: tuple[Override, ...] = ()
    rules_off: frozenset[RuleId] = frozenset()
    score_bands: tuple[ScoreBand, ...] = ()
    definitions: dict[RuleId, str] = {}


def digest_of(text: str) -> str:
    """Return the identity of a policy: SHA-256 over its text in UTF-8, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> tuple[PolicyDocument, Sources]:
    """Return the policy that ``text`` holds, and where its parts stand.

    Raises :class:`PolicyError`, naming line and column, for what is not plain YAML 1.2, for doubled, missing and
    unknown keys (with the key that was meant, where one is near), and for values of the wrong type or range.
    """
    source = Sources(text)
    content = source.content
    if isinstance(content, dict) and _POINTS not in content:
        content = content | {_POINTS: _packaged_points()}
    try:
        return msgspec.convert(content, PolicyDocument), source
    except msgspec.ValidationError as exc:
        at, what = explained(exc, content, PolicyDocument)
        msg = f"{source.place(at)}, {at}: {what}; see deploy/docs/policy.md for the keys and their values"
        raise PolicyError(msg) from exc


@cache
def _packaged_points() -> Any:
    return Source(load_default()[1]).content[_POINTS]
