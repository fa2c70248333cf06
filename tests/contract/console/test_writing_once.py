"""Idempotency keys: a repeat is the same answer and does nothing, whatever comes between."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from streams.clock import now_ms
from tests.contract.console.door import Door
from tests.contract.judging import some_evidence, suspecting
from tests.contract.sql import Database

KEY = {"headers": {"Idempotency-Key": "one"}}


def acts(database: Database) -> int:
    return len(database.rows("SELECT 1 FROM audit"))


def test_a_repeat_gets_the_same_bytes_and_does_nothing(door: Door, database: Database, case: str) -> None:
    first = door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "whole"}, **KEY)
    door.post("buyer:b-1", f"/cases/{case}/statements", {"text": "no"})
    before = acts(database)
    again = door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "whole"}, **KEY)

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert acts(database) == before


def test_another_call_under_the_same_key_is_refused(door: Door, case: str) -> None:
    door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "whole"}, **KEY)

    assert door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "other"}, **KEY).status_code == 422
    assert door.post("merchant:m-1", f"/cases/{case}/appeals", {"text": "whole"}, **KEY).status_code == 422


def test_a_demand_for_a_person_under_the_key_of_another_call_does_nothing(door: Door, database: Database) -> None:
    database.decide(suspecting(), some_evidence("rr-2"), now_ms=now_ms())
    body = {"text": "let somebody look", "party": "buyer"}
    assert door.post("platform", "/requests/rr-1/human-review", body, **KEY).status_code == 200
    before = acts(database)

    refused = door.post("platform", "/requests/rr-2/human-review", body, **KEY)

    assert refused.status_code == 422
    assert acts(database) == before
    again = [door.post("platform", "/requests/rr-1/human-review", body, **KEY) for _ in range(2)]
    assert again[0].content == again[1].content


def test_a_demand_for_a_person_is_answered_alike_whatever_became_of_the_case_since(door: Door, case: str) -> None:
    body, late = {"text": "let somebody look", "party": "buyer"}, {"headers": {"Idempotency-Key": "late"}}
    verdict = {"verdict": "REFUSE", "rule": "R-1", "rationale": "no damage", "heard": True}
    first = door.post("platform", "/requests/rr-1/human-review", body, **KEY)
    assert door.post("senior", f"/cases/{case}/verdicts", verdict).status_code == 200
    refused = door.post("platform", "/requests/rr-1/human-review", body, **late)
    assert door.post("buyer:b-1", f"/cases/{case}/appeals", {"text": "unfair"}).status_code == 200

    again = [door.post("platform", "/requests/rr-1/human-review", body, **each) for each in (KEY, late)]

    assert (first.status_code, refused.status_code) == (200, 409)
    assert [one.content for one in again] == [first.content, refused.content]


def test_what_was_wrong_with_a_call_is_repeated_too(door: Door, case: str) -> None:
    first = door.post("buyer:b-1", f"/cases/{case}/appeals", {"text": "unfair"}, **KEY)
    again = door.post("buyer:b-1", f"/cases/{case}/appeals", {"text": "unfair"}, **KEY)

    assert first.status_code == 409
    assert (again.status_code, again.content) == (first.status_code, first.content)


def test_keys_of_one_caller_are_not_anothers(door: Door, database: Database, case: str) -> None:
    door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "whole"}, **KEY)
    before = acts(database)
    assert door.post("buyer:b-1", f"/cases/{case}/statements", {"text": "whole"}, **KEY).status_code == 200
    assert acts(database) == before + 1


def test_ten_at_once_under_one_key_do_it_once(engine: Engine, database: Database, case: str) -> None:
    doors = [Door(engine) for _ in range(10)]
    key = doors[0].key("merchant:m-1")
    before = acts(database)

    def state(door: Door) -> tuple[int, bytes]:
        answered = door.post(None, f"/cases/{case}/statements", {"text": "whole"}, token=key, **KEY)
        return answered.status_code, answered.content

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(state, doors))

    assert len(answers) == 1
    assert next(iter(answers))[0] == 200
    assert acts(database) == before + 1


def test_without_a_key_every_call_counts(door: Door, database: Database, case: str) -> None:
    before = acts(database)
    for _ in range(2):
        assert door.post("buyer:b-1", f"/cases/{case}/statements", {"text": "again"}).status_code == 200
    assert acts(database) == before + 2


def test_answers_are_forgotten_after_a_day_and_one_more(door: Door, database: Database, case: str) -> None:
    door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "whole"}, **KEY)
    [(made_at_ms,)] = database.rows("SELECT made_at_ms FROM answers")

    assert door.uses.once.purge(made_at_ms + 2 * 86_400_000) == 0
    assert door.uses.once.purge(made_at_ms + 2 * 86_400_000 + 1) == 1
