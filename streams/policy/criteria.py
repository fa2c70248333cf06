"""The criteria, published: which facts lead to review, in words; without thresholds, which could be gamed."""

from streams.policy.compiled import Policy
from streams.policy.reasons import reasons

_ALWAYS = ("EVIDENCE_MISSING", "NOT_LOOKED", "CONTENT_CHANGED", "MERCHANT_OBJECTION")


def criteria(policy: Policy) -> str:
    """Return the criteria of ``policy`` as Markdown: each in Chinese, then in English.

    Order and wording tell nothing of scores or limits: the codes stand in alphabetical order.
    """
    codes = {one.rule.reason for scope in policy.scopes.values() for one in scope.rules} | set(_ALWAYS)
    if policy.document.audit_share > 0:
        codes.add("RANDOM_AUDIT")
    table = reasons().reasons
    lines = [f"- {table[code].criterion.zh}\n  {table[code].criterion.en}" for code in sorted(codes)]
    return "\n".join([_HEAD, *lines, "", _FOOT, ""])


_HEAD = """\
# 哪些情况由人工审核 / What leads to review by a person

机器只会放行或转交人工，不会拒绝任何退款申请。出现下列任一情况时由人工审核：
A machine clears a request or hands it to a person; it never refuses one. A person looks when any of these holds:
"""

_FOOT = """\
审核前会听取商家意见，也可能请买家补充材料；对结果可以申诉，由另一人复核。
The merchant is heard first, and the buyer may be asked for more; an appeal is decided by somebody else."""
