"""The criteria, published: which facts lead to review, in words; without thresholds, which could be gamed."""

from streams.policy.compiled import Policy
from streams.policy.reasons import reasons
from streams.wording.tables import texts

_ALWAYS = ("EVIDENCE_MISSING", "EVIDENCE_UNCLEAR", "NOT_LOOKED", "CONTENT_CHANGED", "MERCHANT_OBJECTION")


def criteria(policy: Policy) -> str:
    """Return the criteria of ``policy`` as Markdown: each in Chinese, then in English.

    Order and wording tell nothing of scores or limits: the codes stand in alphabetical order.
    """
    codes = {one.rule.reason for scope in policy.scopes.values() for one in scope.rules} | set(_ALWAYS)
    if policy.document.audit_share > 0:
        codes.add("RANDOM_AUDIT")
    table, around = reasons().reasons, texts("criteria")
    lines = [f"- {table[code].criterion.zh}\n  {table[code].criterion.en}" for code in sorted(codes)]
    title, before, after = around["title"], around["before"], around["after"]
    return "\n".join([f"# {title.zh} / {title.en}", "", before.zh, before.en, "", *lines, "", after.zh, after.en, ""])
