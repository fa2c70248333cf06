"""The page of a cluster: everything that was decided on one picture."""

from fastapi import APIRouter, Request, Response

from streams.casework.photos.pictures import pictures_of
from streams.console.api.views import own_case, viewer_of
from streams.console.endpoints import Asking, CaseId, Uses, at
from streams.console.pages.view import page

SHOWN_AT_MOST = 500
PICTURES_AT_MOST = 12

router = APIRouter()


@at(router, "GET /clusters/{case_id}")
def cluster_page(request: Request, case_id: CaseId, uses: Uses, caller: Asking) -> Response:
    """Return the page of the case's cluster: its photos as this case has them, and every decision, oldest first."""
    name, members = uses.files.cluster(case_id, viewer_of(caller))
    seen = uses.pictures.seen(own_case(uses.files, case_id, caller))
    pictures = [] if seen is None else pictures_of(seen.evidence)
    sums: dict[str, int] = {}
    for one in members:
        sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor + one.freight_minor
    return page(
        request,
        "cluster.html",
        name=name,
        case_id=case_id,
        pictures=[one for one in pictures if one.role == "claim" and one.kind == "photo"][:PICTURES_AT_MOST],
        members=members[:SHOWN_AT_MOST],
        requests=len({one.request_id for one in members}),
        buyers=len({one.buyer_id for one in members}),
        merchants=len({one.merchant_id for one in members}),
        cleared=sum(one.verdict == "CLEAR" for one in members),
        sums=sums,
        verdicts_shown=caller.sees_everything,
    )
