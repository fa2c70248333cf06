"""Rules that failed while a request was judged, counted: a failed rule is unmeasured, and a person looks."""

import structlog

from schemas.records import Reading, RefundDecided
from streams.metrics import Metrics
from streams.ports import Judge, Question
from streams.wording.causes import RULE_FAILED

log = structlog.get_logger(__name__)


def counting_failures(judge: Judge, metrics: Metrics) -> Judge:
    """Return a judge that gives the same decisions and counts the rules that failed.

    The log names each rule once for each policy. A batch that is tried again counts again.
    """
    told: set[tuple[str, str]] = set()

    def judged(question: Question) -> RefundDecided:
        decision = judge(question)
        for reason in decision.reasons:
            for reading in reason.readings:
                if reading.unmeasured_code == RULE_FAILED:
                    metrics.rule_failures.inc()
                    _tell(told, decision, reading)
        return decision

    return judged


def _tell(told: set[tuple[str, str]], decision: RefundDecided, reading: Reading) -> None:
    rule = str((reading.unmeasured_params or {}).get("rule"))
    if (decision.policy.sha256, rule) not in told:
        told.add((decision.policy.sha256, rule))
        log.warning("a rule failed", rule=rule, policy=decision.policy.sha256, why=reading.unmeasured)
