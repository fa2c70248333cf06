"""What the packaged policy says of a claim photo beside its references, without a request around them.

For ``inspect`` and the evaluation, which look at photos alone. The rules are the ones that judge requests, with the
same operating points.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from schemas.digest import request_digest
from schemas.records import (
    ClaimMedium,
    Comparison,
    EvidenceGathered,
    MediumEvidence,
    Reading,
    Reason,
    ReferenceMedium,
    RefundRequested,
    StatedReason,
)
from streams.evidence.comparing.comparison import PairResult, derivation
from streams.evidence.pixels.pixel_comparison import PixelComparison
from streams.history.windows import NOBODY, summarise
from streams.policy.compiled import Policy, compile_policy
from streams.policy.document import digest_of
from streams.policy.effective import day_of
from streams.policy.engine import Outcome, all_findings
from streams.policy.facts import facts
from streams.policy.merged_findings import merged
from streams.policy.packaged import load_default
from streams.policy.question import Question, StoredPolicy
from streams.wording.cause import Cause, unmeasured

_ALTERED = frozenset({"DERIVED_AND_ALTERED", "SCENE_REGENERATED"})
DERIVED = _ALTERED | {"RESENT_REFERENCE"}
"""Codes of the reasons that a claim made from a reference gives."""
_AMONG_OTHERS = "altered_among_others"
"""The packaged policy's rule about a copy of a reference beside other pictures."""
_CLAIM = "c1"
_AT_MS = 1_790_000_000_000


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim beside one reference: what was found, and the reasons that it gives for a review, in words for people.

    ``readings`` are those of the pair, as the evidence of a request has them. ``among_others`` says that the claim
    shows a copy of the reference beside other pictures, for a person to look at.
    """

    beside: PairResult
    readings: tuple[Reading, ...]
    reasons: tuple[Reason, ...]
    among_others: bool = False

    @property
    def derived(self) -> bool:
        """Whether the claim counts as made from the reference, or shows it as it is beside something, seamlessly.

        The latter, a screenshot of a shop's page, accuses nobody. Nor does a copy among other pictures, altered or not.
        """
        return self._made_from_it or _named("reference_within", self.readings)

    @property
    def _made_from_it(self) -> bool:
        return self.among_others or any(reason.code in DERIVED for reason in self.reasons)

    @property
    def found(self) -> PixelComparison | None:
        """What pixels say of a claim that counts as made from the reference; None otherwise, or where none could."""
        return self.beside.found if self._made_from_it else None

    @property
    def altered(self) -> bool | None:
        """Whether it counts as altered too; None where it is not derived, or nobody could say."""
        if self.found is None or self.found.altered is None:
            return None
        return self.found.altered if self.among_others else any(reason.code in _ALTERED for reason in self.reasons)

    @property
    def likelihood(self) -> tuple[bool, float, float]:
        """What the likeliest source has most of."""
        differs = 0.0 if self.beside.found is None else self.beside.found.scene_differs or 0.0
        return self.derived, derivation(self.beside), -differs


@dataclass(frozen=True, slots=True)
class PhotoVerdict:
    """A claim photo and its references: each pair, and all reasons for a review, strongest first."""

    pairs: tuple[Judged, ...]
    reasons: tuple[Reason, ...]

    @property
    def verdict(self) -> Literal["CLEAR", "REVIEW"]:
        """The decision for that photo and its references alone."""
        return "REVIEW" if self.reasons else "CLEAR"


def _named(name: str, readings: Sequence[Reading]) -> bool:
    return any(one.name == name and one.value is not None for one in readings)


def likeliest(judged: Sequence[Judged]) -> int | None:
    """Return the place of the likeliest source, derived or not; None without any."""
    return max(range(len(judged)), key=lambda at: judged[at].likelihood, default=None)


def photo_verdict(
    photo: Sequence[Reading],
    besides: Sequence[PairResult],
    same_bytes: Sequence[bool],
    names: Sequence[str],
    unread: Mapping[str, Cause] | None = None,
) -> PhotoVerdict:
    """Return what the packaged policy makes of a claim photo and its references alone.

    ``photo`` are the claim's own readings. ``besides``, ``same_bytes`` (is its file the claim's own) and ``names`` (as
    the words name it) have one entry for each reference; ``unread`` are further references that could not be looked at,
    by name, with the cause. Nothing is drawn for the random audit.
    """
    pairs = [
        (*beside.readings, Reading(name="same_bytes", value=same))
        for beside, same in zip(besides, same_bytes, strict=True)
    ]
    policy_name, text, policy = _packaged()
    request, evidence = _evidence(photo, dict(zip(names, pairs, strict=True)), unread or {})
    question = Question(
        evidence=EvidenceGathered(
            request=request,
            request_digest=request_digest(request),
            appended_at_ms=_AT_MS,
            gathered_at_ms=_AT_MS,
            media=evidence,
        ),
        history=summarise(NOBODY, request, _AT_MS),
        content_changed=False,
        policy=StoredPolicy(name=policy_name, sha256=digest_of(text), text=text),
        audit_key=b"",
        decided_at_ms=_AT_MS,
    )
    found = facts(question, policy.document)
    judged = []
    for beside, readings, subject in zip(besides, pairs, found.subjects["comparison"], strict=True):
        outcome = Outcome(policy, day_of(_AT_MS))
        outcome.apply(policy.scopes["comparison"], subject)
        among_others = any(finding.rule == _AMONG_OTHERS for finding in outcome.findings)
        judged.append(Judged(beside, readings, tuple(merged(outcome.findings)[0]), among_others))
    return PhotoVerdict(tuple(judged), tuple(merged(list(all_findings(question, policy, found)))[0]))


def _evidence(
    photo: Sequence[Reading], pairs: Mapping[str, Sequence[Reading]], unread: Mapping[str, Cause]
) -> tuple[RefundRequested, list[MediumEvidence]]:
    """Return a request with one claim photo, and the evidence of its media."""
    request, references = _request([*pairs, *unread])
    claim = MediumEvidence(
        media_id=_CLAIM,
        role="claim",
        kind="photo",
        readings=list(photo),
        sighting_position=0,
        comparisons=[Comparison(reference_id=name, readings=list(readings)) for name, readings in pairs.items()],
    )
    return request, [claim, *(_reference(one.media_id, unread.get(one.media_id)) for one in references)]


def _reference(name: str, why: Cause | None) -> MediumEvidence:
    readings = [] if why is None else [unmeasured("photo", why, media_id=name)]
    return MediumEvidence(media_id=name, role="reference", kind="photo", readings=readings)


def _request(names: Sequence[str]) -> tuple[RefundRequested, list[ReferenceMedium]]:
    references = [ReferenceMedium(media_id=name, uri=name, registered_at_ms=_AT_MS - 1) for name in names]
    return RefundRequested(
        request_id="inspect",
        order_id="inspect",
        buyer_id="inspect",
        merchant_id="inspect",
        product_id="inspect",
        category="inspect",
        kind="refund_only",
        amount_minor=0,
        currency="CNY",
        requested_at_ms=_AT_MS,
        reason=StatedReason(code="DAMAGED"),
        claim_media=[ClaimMedium(media_id=_CLAIM, uri=_CLAIM)],
        reference_media=references,
    ), references


@cache
def _packaged() -> tuple[str, str, Policy]:
    name, text = load_default()
    return name, text, compile_policy(text)
