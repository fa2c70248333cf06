"""Every record that crosses a topic, one module per family."""

from schemas.records.case_evidence import CaseEvidenceSent
from schemas.records.catalogue import CataloguePhotoRegistered
from schemas.records.credit import CreditSignal
from schemas.records.dead_letters import DeadLetter, LetterError
from schemas.records.decisions import PolicyIdentity, Reason, ReasonText, RefundDecided
from schemas.records.evidence import (
    Comparison,
    EarlierSighting,
    EvidenceGathered,
    Fingerprint,
    MediumEvidence,
    PartEvidence,
    ProvenanceFinding,
    Region,
)
from schemas.records.outcomes import RefundOutcome
from schemas.records.readings import Reading
from schemas.records.requests import ClaimMedium, ReferenceMedium, RefundRequested, StatedReason
from schemas.records.review_events import ReviewEvent
from schemas.records.sightings import PhotoSighted

__all__ = [
    "CaseEvidenceSent",
    "CataloguePhotoRegistered",
    "ClaimMedium",
    "Comparison",
    "CreditSignal",
    "DeadLetter",
    "EarlierSighting",
    "EvidenceGathered",
    "Fingerprint",
    "LetterError",
    "MediumEvidence",
    "PartEvidence",
    "PhotoSighted",
    "PolicyIdentity",
    "ProvenanceFinding",
    "Reading",
    "Reason",
    "ReasonText",
    "ReferenceMedium",
    "RefundDecided",
    "RefundOutcome",
    "RefundRequested",
    "Region",
    "ReviewEvent",
    "StatedReason",
]
