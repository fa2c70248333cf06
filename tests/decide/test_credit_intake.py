"""Whatever comes as another platform's signal is taken up, or refused and counted; it never stops the worker."""

from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from schemas.codec import encode
from schemas.errors import ContractError
from schemas.records import CreditSignal
from streams.decide.credit_intake import CreditIntake
from streams.delivery.stage import Answer
from streams.errors import RefusedByDatabase
from streams.metrics import ANSWERS, Metrics
from tests.builders import AT_MS
from tests.contract.sql import AtOnce
from tests.decide.test_handler import incoming

SIGNAL = CreditSignal(
    signal_id="s-1",
    pseudonym="0" * 64,
    issuer="them",
    kind="FORGERY_CONFIRMED",
    issued_at_ms=AT_MS,
    expires_at_ms=AT_MS + 1,
    key_id="k1",
)
Receive = Callable[[Sequence[CreditSignal]], Sequence[str | None]]


async def taken_up(receive: Receive, value: bytes | None, metrics: Metrics) -> Answer:
    [answer] = await CreditIntake(receive, {"k1", "k2"}, AtOnce(), metrics).take_up([incoming(value)])
    return answer


def counted(metrics: Metrics, answer: str) -> float | None:
    return metrics.registry.get_sample_value("sentinel_credit_signals_total", {"answer": answer})


@pytest.mark.parametrize("why", [None, *(one for one in ANSWERS if one not in {"taken_up", "unknown_key"})])
async def test_every_answer_is_counted_and_nothing_is_sent(why: str | None) -> None:
    metrics = Metrics()
    assert await taken_up(lambda _: [why], encode(SIGNAL), metrics) == []
    assert counted(metrics, why or "taken_up") == 1


@pytest.mark.parametrize(
    ("key_id", "why", "answer"),
    [
        ("k3", None, "unknown_key"),
        ("k2", None, "taken_up"),
        (None, None, "taken_up"),
        ("k3", "bad_signature", "bad_signature"),
    ],
)
async def test_what_is_taken_up_under_a_key_that_is_not_live_here_is_counted_apart(
    key_id: str | None, why: str | None, answer: str
) -> None:
    metrics = Metrics()
    assert await taken_up(lambda _: [why], encode(replace(SIGNAL, key_id=key_id)), metrics) == []
    assert {one: counted(metrics, one) for one in ANSWERS} == {one: float(one == answer) for one in ANSWERS}


async def test_the_signals_of_a_batch_are_taken_up_in_one_transaction() -> None:
    batches, metrics = list[int](), Metrics()

    def receive(signals: Sequence[CreditSignal]) -> Sequence[str | None]:
        batches.append(len(signals))
        return ["expired" if signal.signal_id == "s-1" else None for signal in signals]

    values = [encode(SIGNAL), b"junk", encode(replace(SIGNAL, signal_id="s-2"))]
    answers = await CreditIntake(receive, {"k1", "k2"}, AtOnce(), metrics).take_up(
        [incoming(value) for value in values]
    )

    assert batches == [2]
    assert [type(answer) for answer in answers] == [list, ContractError, list]
    assert (counted(metrics, "expired"), counted(metrics, "taken_up")) == (1, 1)


@pytest.mark.parametrize("value", [b"", b"junk", b"[]", b'{"signal_id":7}', None])
async def test_what_is_no_signal_is_a_dead_letter(value: bytes | None) -> None:
    answer = await taken_up(lambda _: [None], value, Metrics())
    assert isinstance(answer, ContractError)


async def test_what_the_database_refuses_is_a_dead_letter() -> None:
    def refuse(_: Sequence[CreditSignal]) -> Sequence[str | None]:
        msg = "text holds a character that the database cannot hold"
        raise RefusedByDatabase(msg)

    assert isinstance(await taken_up(refuse, encode(SIGNAL), Metrics()), RefusedByDatabase)
