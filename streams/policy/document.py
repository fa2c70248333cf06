"""A policy file read: YAML to frozen structs, strict about every key, with the line of whatever is wrong."""

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
import yaml

from schemas.records.base import Code, Currency, Minor
from streams.errors import PolicyError
from streams.policy.packaged import load_default

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


class Limits(_Section, frozen=True):
    """What may be refunded without a person, in one currency's smallest unit."""

    single_minor: Minor
    sum_30d_minor: Minor


class EngineScores(_Section, frozen=True, rename="upper"):
    """Scores of the reasons that the engine itself gives, whatever the rules say."""

    content_changed: Score = 80
    evidence_missing: Score = 50
    not_looked: Score = 40
    random_audit: Score = 5


class OperatingPoints(_Section, frozen=True):
    """From where a score counts: rules, clusters, ``inspect`` and the bank of forgeries read these.

    From ``derived`` (0 to 1) on, a claim photo counts as made from the reference. Up to ``same_image_bits`` (of 256),
    two photos are one image where features were not asked. From ``shared_alteration`` (0 to 1, a share of what was
    altered) on, two claims that were made from one photo of goods are one image.
    """

    derived: Share
    same_image_bits: Annotated[int, msgspec.Meta(ge=0, le=256)]
    shared_alteration: Share


class PolicyDocument(_Section, frozen=True):
    """The content of a policy file. ``hold_s`` is how long the platform is asked to wait after a CLEAR.

    A file without ``operating_points`` has those of the packaged policy: :func:`read` puts them in.
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


class Lines:
    """Where things stand in a policy file, by the paths that msgspec uses (``$.rules[3].score``)."""

    def __init__(self, root: yaml.Node) -> None:
        self._lines = dict(_walk("$", root))

    def of(self, path: str) -> int:
        """Return the line of ``path``, or of the nearest thing around it."""
        while path and path not in self._lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self._lines.get(path, 1)


def digest_of(text: str) -> str:
    """Return the identity of a policy: SHA-256 over its text in UTF-8, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> tuple[PolicyDocument, Lines]:
    """Return the policy that ``text`` holds, and where its parts stand.

    Raises :class:`PolicyError`, naming the line, for what is not YAML, for doubled, missing and unknown keys, and for
    values of the wrong type or range.
    """
    content, lines = _parsed(text)
    if isinstance(content, dict) and _POINTS not in content:
        content = content | {_POINTS: _packaged_points()}
    try:
        return msgspec.convert(content, PolicyDocument), lines
    except msgspec.ValidationError as exc:
        what, _, path = str(exc).partition(" - at ")
        place = path[path.find("$") :].rstrip("`") or "$"
        msg = f"line {lines.of(place)}, {place}: {what}; see deploy/docs/policy.md for the keys and their values"
        raise PolicyError(msg) from exc


@cache
def _packaged_points() -> Any:
    return _parsed(load_default()[1])[0][_POINTS]


def _parsed(text: str) -> tuple[Any, Lines]:
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if root is None:
            msg = "the policy is empty: see deploy/docs/policy.md for what it must hold"
            raise PolicyError(msg)
        return loader.construct_document(root), Lines(root)
    except (yaml.YAMLError, RecursionError, ValueError) as exc:
        msg = f"the policy is not readable as YAML: {' '.join(str(exc).split())}"
        raise PolicyError(msg) from exc


def _walk(path: str, node: yaml.Node, line: int = 1) -> Iterator[tuple[str, int]]:
    yield path, line
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _walk(f"{path}[{position}]", item, item.start_mark.line + 1)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, item in node.value:
            at = key.start_mark.line + 1
            if str(key.value) in seen:
                msg = f"line {at}: {key.value!r} is given twice: keep one"
                raise PolicyError(msg)
            seen.add(str(key.value))
            yield from _walk(f"{path}.{key.value}", item, at)
