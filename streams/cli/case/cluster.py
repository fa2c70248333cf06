"""A cluster on a screen: what it adds up to, and all that was decided in it."""

from collections import Counter
from collections.abc import Sequence

from streams.cases.case import ClusterMember
from streams.cli.printing import print_table
from streams.wording import money
from streams.wording.dates import moment


def sums(members: Sequence[ClusterMember]) -> str:
    """Return in one line how many requests, people and shops the cluster touches, and how much money."""
    requests, buyers = (len({getattr(member, of) for member in members}) for of in ("request_id", "buyer_id"))
    cases = sum(member.case_id is not None for member in members)
    cleared = sum(member.verdict == "CLEAR" for member in members)
    asked = Counter[str]()
    for member in members:
        asked[member.currency] += member.amount_minor + member.freight_minor
    total = " + ".join(money.in_words(asked[currency], currency) for currency in sorted(asked))
    return (
        f"{requests} requests ({cleared} decisions CLEAR), {cases} cases, {buyers} buyers, "
        f"{len({member.merchant_id for member in members})} merchants, {total} with freight"
    )


def members_table(members: Sequence[ClusterMember]) -> None:
    """Print one row a decision."""
    headings = ("request", "decision", "case", "state", "verdict", "amount", "freight", "buyer", "merchant", "decided")
    rows = [
        (
            member.request_id,
            member.verdict,
            member.case_id,
            member.state,
            member.case_verdict,
            money.in_words(member.amount_minor, member.currency),
            money.in_words(member.freight_minor, member.currency) if member.freight_minor else None,
            member.buyer_id,
            member.merchant_id,
            moment(member.decided_at_ms),
        )
        for member in members
    ]
    print_table(headings, rows)
