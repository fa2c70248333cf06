"""The page of a cluster: everything that was decided on one picture."""

from fastapi import APIRouter, Request, Response

from streams.console.api.views import viewer_of
from streams.console.endpoints import Asking, CaseId, Uses, at
from streams.console.pages.view import page

SHOWN_AT_MOST = 500

router = APIRouter()


@at(router, "GET /clusters/{case_id}")
def cluster_page(request: Request, case_id: CaseId, uses: Uses, caller: Asking) -> Response:
    """Return the page of the case's cluster, oldest decision first."""
    name, members = uses.files.cluster(case_id, viewer_of(caller))
    sums: dict[str, int] = {}
    for one in members:
        sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor + one.freight_minor
    return page(
        request,
        "cluster.html",
        name=name,
        members=members[:SHOWN_AT_MOST],
        requests=len({one.request_id for one in members}),
        buyers=len({one.buyer_id for one in members}),
        merchants=len({one.merchant_id for one in members}),
        cleared=sum(one.verdict == "CLEAR" for one in members),
        sums=sums,
        verdicts_shown=caller.sees_everything,
    )
