"""Under which ids a golden case is shown: where a platform's ids count up, its own would tell how old it is."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_NUMBER = re.compile(r"\d+")


class Ids(NamedTuple):
    """The ids that a platform gave to one case: of its request, and of its order."""

    request_id: str
    order_id: str


def as_given_now(own: Ids, of_these_days: Sequence[Ids]) -> Ids:
    """Return the ids of a case as they would be had the platform given them lately.

    ``of_these_days`` are the ids of other cases, the one that is nearest in time first.
    """
    return Ids(
        request_id=_counted_on(own.request_id, [one.request_id for one in of_these_days]),
        order_id=_counted_on(own.order_id, [one.order_id for one in of_these_days]),
    )


def _counted_on(own: str, near: Sequence[str]) -> str:
    """Return the free id that counts up to the first of ``near`` with the form of ``own``; ``own`` where none has it.

    Ids that are drawn have hardly ever one form, and tell nothing: they stay as they are.
    """
    like = next((one for one in near if _NUMBER.search(own) and _form(one) == _form(own)), None)
    if like is None:
        return own
    last = list(_NUMBER.finditer(like))[-1]
    begin, digits, end = like[: last.start()], last.group(), like[last.end() :]
    lower = (f"{begin}{number:0{len(digits)}}{end}" for number in range(int(digits) - 1, -1, -1))
    return next((one for one in lower if one not in near), own)


def _form(one: str) -> str:
    return _NUMBER.sub("0", one)
