"""How a claim photo and its reference stand beside each other."""

import pytest

from streams.casework.pictures import Picture
from streams.console.pages.case_view import Pair


@pytest.mark.parametrize(("laid", "beside"), [(True, "c0-r1/aligned"), (False, "r1/screen")])
def test_a_reference_that_cannot_be_laid_over_its_claim_is_shown_by_itself(laid: bool, beside: str) -> None:  # noqa: FBT001 - a table's column
    pair = Pair(
        claim=Picture(place="c0", role="claim", medium="c1"),
        reference=Picture(place="r1", role="reference", medium="r1"),
        score=0.0,
        laid=laid,
        regions=0,
        name="r1",
        origin="",
        notes=(),
    )

    assert pair.beside == beside, "else a broken claim photo hid its reference"
