"""What is known of one person before a request: earlier claims as they were made, and what people found."""

import msgspec

READ_AT_MOST = 1_000
"""Merchants, categories and verdicts of one person that are read, the newest of each; counts and sums have no end."""


class PastClaim(msgspec.Struct, frozen=True, gc=False):
    """One claim of a person.

    ``shared_photo``: one of its photos resembled an earlier claim's when it was decided. ``younger_reference``: one of
    its reference photos was registered after the claim.
    """

    request_id: str
    appended_at_ms: int
    amount_minor: int
    currency: str
    kind: str
    merchant_id: str = ""
    category: str = ""
    shared_photo: bool | int = False
    younger_reference: bool | int = False


class Totals(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Some claims of one person, counted; ``sum_minor`` is of those in one currency."""

    claims: int = 0
    refund_only: int = 0
    shared_photo: int = 0
    sum_minor: int = 0

    def plus(self, claim: PastClaim, currency: str, times: int = 1) -> "Totals":
        """Return the totals with one more claim, or with one less where ``times`` is -1."""
        return Totals(
            self.claims + times,
            self.refund_only + times * (claim.kind == "refund_only"),
            self.shared_photo + times * claim.shared_photo,
            self.sum_minor + times * claim.amount_minor * (claim.currency == currency),
        )

    def less(self, other: "Totals") -> "Totals":
        """Return these totals minus ``other``."""
        return Totals(
            self.claims - other.claims,
            self.refund_only - other.refund_only,
            self.shared_photo - other.shared_photo,
            self.sum_minor - other.sum_minor,
        )


NO_CLAIMS = Totals()


class Found(msgspec.Struct, frozen=True, gc=False):
    """What people decided on one case of a person, and when; ``overturned_at_ms``: when an appeal changed it."""

    verdict: str
    at_ms: int
    overturned_at_ms: int | None = None


class Past(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A person's record as of one request, as the store and the batch know it.

    ``since`` are the totals from the beginning of each window on, shortest window first. ``merchants`` and
    ``categories`` say when the newest claim against each came in. ``capped``: more of these, or of ``found``, were
    there than are read. ``forgeries_at_ms`` are the times of all confirmed forgeries.
    """

    since: tuple[Totals, ...]
    merchants: tuple[int, ...] = ()
    categories: tuple[int, ...] = ()
    found: tuple[Found, ...] = ()
    forgeries_at_ms: tuple[int, ...] = ()
    first_at_ms: int | None = None
    newest_at_ms: int | None = None
    capped: bool = False
