"""Copies of what was said on a person's cases, in tables that keep them for days: they go with the words themselves.

Messages that were sent lie in the outbox for a while, and for a month in the log of webhooks, with what a party was
asked for in words. A platform that repeats a call gets the answer of the first one. A trial of a policy names requests
and their photos as examples. What is still to be sent is sent.
"""

from collections.abc import Collection, Iterator

import msgspec
from sqlalchemy import JSON, ColumnElement, Connection, Table, Text, cast, delete, func, select, update

from schemas.topics import CASE_EVIDENCE, REVIEW_EVENTS
from streams.access.idempotency import Answer
from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.tables import answers, outbox, policy_trials, webhook_deliveries
from streams.judgement.tally import Example, read_tally, written

AT_ONCE = 1_000
"""Answers that are in memory at a time."""
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
        given = self._lists.given(case_ids)
        for table, theirs in self._messages(connection):
            connection.execute(delete(table).where(*theirs), given)
        for account, key in self._answered(connection, case_ids):
            this = (answers.c.account == account, answers.c.key == key)
            connection.execute(update(answers).where(*this).values(answer=msgspec.json.encode(_ERASED)))
        clear_examples(connection, requests)

    def left(self, connection: Connection, case_ids: Collection[str], requests: Collection[str]) -> int:
        """Return how many such copies there are."""
        given = self._lists.given(case_ids)
        counts = (select(func.count()).select_from(table).where(*own) for table, own in self._messages(connection))
        sent = sum(int(connection.execute(one, given).scalar_one()) for one in counts)
        return sent + len(self._answered(connection, case_ids)) + len(list(_examples(connection, requests)))

    def _messages(self, connection: Connection) -> Iterator[tuple[Table, tuple[ColumnElement[bool], ...]]]:
        """Give the tables with messages, each with the conditions that a row is sent, and about a case of the list."""
        of_cases = outbox.c.topic.in_([REVIEW_EVENTS.name, CASE_EVIDENCE.name])
        named = self._lists.among(_case_id(connection, outbox.c.value))
        yield outbox, (of_cases, outbox.c.sent_at_ms.is_not(None), named)
        named = self._lists.among(_case_id(connection, webhook_deliveries.c.body))
        yield webhook_deliveries, (webhook_deliveries.c.state != "WAITING", named)

    def _answered(self, connection: Connection, case_ids: Collection[str]) -> list[tuple[str, str]]:
        """Return the account and the key of each answer that names one of these cases: bodies are packed."""
        wanted = [case_id.encode() for case_id in case_ids]
        statement = select(answers.c.account, answers.c.key, answers.c.answer).where(answers.c.answer.is_not(None))
        found = []
        for row in connection.execute(statement.execution_options(yield_per=AT_ONCE)) if wanted else ():
            body = msgspec.json.decode(row.answer, type=Answer).body
            if any(one in body for one in wanted):
                found.append((row.account, row.key))
        return found


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


def _case_id(connection: Connection, message: ColumnElement[bytes]) -> ColumnElement[str]:
    """Return the case that a message is about: all are looked at once, however many cases are asked for."""
    if connection.dialect.name == "sqlite":
        in_sqlite: ColumnElement[str] = func.json_extract(cast(message, Text), "$.case_id")
        return in_sqlite
    found: ColumnElement[str] = cast(func.convert_from(message, "UTF8"), JSON)["case_id"].as_string()
    return found
