"""Copies of what was said on a person's cases, in tables that keep them for days: they go with the words themselves.

Messages that were sent lie in the outbox for a while, and for a month in the log of webhooks, with what a party was
asked for in words. A platform that repeats a call gets the answer of the first one. A trial of a policy names requests
and their photos as examples. What is still to be sent is sent.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, LargeBinary, bindparam, delete, func, or_, select, update

from streams.access.idempotency import Answer
from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.tables import answers, outbox, policy_trials, webhook_deliveries
from streams.judgement.tally import Example, read_tally, written

AT_ONCE = 256
_ERASED = Answer(
    status=410,
    body=b'{"title":"Gone","status":410,"detail":"what this call was answered was erased"}',
    media_type="application/problem+json",
)
"""What a repeat of a call gets: it is still done once."""


class ErasedCopies:
    """The statements about such copies; each call joins the caller's transaction."""

    def __init__(self, lists: ArrayParameters) -> None:
        self._lists = lists

    def clear(self, connection: Connection, case_ids: Collection[str], requests: Collection[str]) -> None:
        """Delete the copies of what was said on these cases, which are of these requests."""
        connection.execute(delete(outbox).where(outbox.c.outbox_id.in_(self._sent(connection, case_ids))))
        deliveries = self._delivered(connection, case_ids)
        connection.execute(
            delete(webhook_deliveries).where(self._lists.among(webhook_deliveries.c.delivery_id)),
            self._lists.given(deliveries),
        )
        for account, key in self._answered(connection, case_ids):
            this = (answers.c.account == account, answers.c.key == key)
            connection.execute(update(answers).where(*this).values(answer=msgspec.json.encode(_ERASED)))
        clear_examples(connection, requests)

    def left(self, connection: Connection, case_ids: Collection[str], requests: Collection[str]) -> int:
        """Return how many such copies there are."""
        found = (
            self._sent(connection, case_ids),
            self._delivered(connection, case_ids),
            list(self._answered(connection, case_ids)),
            list(_examples(connection, requests)),
        )
        return sum(map(len, found))

    def _sent(self, connection: Connection, case_ids: Collection[str]) -> Sequence[int]:
        sent = (outbox.c.outbox_id, outbox.c.sent_at_ms.is_not(None))
        return _naming(connection, case_ids, outbox.c.value, *sent)

    def _delivered(self, connection: Connection, case_ids: Collection[str]) -> Sequence[str]:
        over = (webhook_deliveries.c.delivery_id, webhook_deliveries.c.state != "WAITING")
        return _naming(connection, case_ids, webhook_deliveries.c.body, *over)

    def _answered(self, connection: Connection, case_ids: Collection[str]) -> Iterator[tuple[str, str]]:
        """Give the account and the key of each answer that names one of these cases: bodies are packed."""
        wanted = [case_id.encode() for case_id in case_ids]
        found = select(answers.c.account, answers.c.key, answers.c.answer).where(answers.c.answer.is_not(None))
        for row in connection.execute(found).all() if wanted else ():
            body = msgspec.json.decode(row.answer, type=Answer).body
            if any(one in body for one in wanted):
                yield row.account, row.key


def clear_examples(connection: Connection, requests: Collection[str]) -> None:
    """Take these requests, and the names of their photos, out of the examples of trials."""
    for trial_id, others in _examples(connection, requests):
        this = policy_trials.c.trial_id == trial_id
        tally = read_tally(connection.execute(select(policy_trials.c.tally).where(this)).scalar_one())
        tally.examples = others
        connection.execute(update(policy_trials).where(this).values(tally=written(tally)))


def _examples(connection: Connection, requests: Collection[str]) -> Iterator[tuple[int, list[Example]]]:
    """Give each trial that has one of these requests as an example, and its other examples."""
    wanted = set(requests)
    for row in connection.execute(select(policy_trials.c.trial_id, policy_trials.c.tally)).all() if wanted else ():
        examples = read_tally(row.tally).examples
        others = [one for one in examples if one.request_id not in wanted]
        if len(others) < len(examples):
            yield row.trial_id, others


def _naming(
    connection: Connection,
    case_ids: Collection[str],
    content: ColumnElement[bytes],
    key: ColumnElement[Any],
    *which: Any,
) -> list[Any]:
    """Return the keys of the rows whose content names one of these cases."""
    found: set[Any] = set()
    named = sorted(case_ids)
    for start in range(0, len(named), AT_ONCE):
        some = [_holds(connection, content, case_id.encode()) for case_id in named[start : start + AT_ONCE]]
        found.update(connection.execute(select(key).where(*which, or_(*some))).scalars())
    return sorted(found)


def _holds(connection: Connection, content: ColumnElement[bytes], part: bytes) -> ColumnElement[bool]:
    wanted = bindparam(None, part, type_=LargeBinary)
    if connection.dialect.name == "sqlite":
        return func.instr(content, wanted) > 0
    return func.position(wanted.op("IN")(content)) > 0
