"""The criteria, published: which facts lead to review, in words; without thresholds, which could be gamed."""

from streams.policy.compiled import Policy
from streams.policy.reasons import reasons
from streams.wording.dates import moment
from streams.wording.tables import texts

_ALWAYS = (
    "EVIDENCE_MISSING",
    "EVIDENCE_UNCLEAR",
    "NOT_LOOKED",
    "CONTENT_CHANGED",
    "MERCHANT_OBJECTION",
    "HUMAN_REVIEW_ASKED",
    "POLICY_HOLD",
)


def criteria(policy: Policy, since_ms: int | None = None) -> str:
    """Return the criteria of ``policy`` as Markdown: each in Chinese, then in English.

    ``since_ms`` is from when on they hold; None: they do not yet.

    Order and wording tell nothing of scores or limits: the codes stand in alphabetical order.
    """
    table, around = reasons().reasons, texts("criteria")
    lines = [f"- {table[code].criterion.zh}\n  {table[code].criterion.en}" for code in sorted(codes_of(policy))]
    title, before, after = around["title"], around["before"], around["after"]
    dated = [] if since_ms is None else ["", around["since"].filled(day=moment(since_ms)[:10]).both]
    head = [f"# {title.zh} / {title.en}", "", before.zh, before.en, ""]
    return "\n".join([*head, *lines, "", after.zh, after.en, *dated, ""])


def codes_of(policy: Policy) -> frozenset[str]:
    """Return the reasons that a policy may give for some request: what is published of it."""
    document = policy.document
    codes = {rule.reason for rule in document.rules if rule.id not in document.rules_off} | set(_ALWAYS)
    if document.not_eligible:
        codes.add("NOT_ELIGIBLE")
    if document.audit_share > 0 or any(override.audit_share for override in document.overrides):
        codes.add("RANDOM_AUDIT")
    return frozenset(codes)
