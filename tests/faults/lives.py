"""Random lives of cases, lived over HTTP by parties and reviewers, while processes are killed."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import urllib3

from tests.faults.fleet import Fleet

HOUR_MS = 3_600_000
REVIEWERS = tuple(f"reviewer-{n}" for n in range(5))
SENIORS = tuple(f"senior-{n}" for n in range(6))
"""More than one life needs: new evidence makes verdicts void, and who gave one does not decide that case again."""
DESKS = (*REVIEWERS, *SENIORS)
AT_ONCE = 4
ANSWERED_WITHIN_S = 120
"""How long a call is repeated that nobody answers: a console that was killed takes seconds to be there again."""
TRIES_BETWEEN_S = 0.2
SERVER_ERROR = 500
NO_CONTENT = 204
OK = 200


class Clock:
    """The clock of every process of the system; the test turns it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ahead_ms = 0
        file.write_bytes(bytes(8))

    @property
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self._ahead_ms

    def turn(self, ms: int) -> None:
        self._ahead_ms += ms
        with self._file.open("r+b") as file:
            file.write(self._ahead_ms.to_bytes(8, "little"))


class Done(NamedTuple):
    """An act that was answered: what, on which case, by whom, and with which status."""

    what: str
    case_id: str
    by: str
    status: int


class Standing(NamedTuple):
    """A case as it stands."""

    case_id: str
    request_id: str
    state: str
    verdict: str | None


@dataclass
class Api:
    """Calls the one console until it answers, each call with an idempotency key of its own."""

    fleet: Fleet
    keys: Mapping[str, str]
    on_answer: Callable[[], None]
    done: list[Done] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    repeats: int = 0
    cut_off: int = 0
    _pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=2 * AT_ONCE))
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def act(  # noqa: PLR0913 - what a call is
        self, what: str, case_id: str, who: str, path: str, body: Mapping[str, Any], key: str, *, again: bool = False
    ) -> dict[str, Any]:
        """Return what a call is answered; ``again``: it is made twice, and has to be answered in the same words."""
        status, text = self._answered(who, path, body, key)
        if again and self._answered(who, path, body, key) != (status, text):
            self.failures.append(f"{what} on {case_id}: a repeat with the same key was answered otherwise")
        with self._guard:
            self.repeats += again
            told: dict[str, Any] = json.loads(text) if text else {}
            self.done.append(Done(what, case_id or told.get("case_id", ""), who, status))
        return told if status == OK else {}

    def _answered(self, who: str, path: str, body: Mapping[str, Any], key: str) -> tuple[int, bytes]:
        role = "platform" if who == "platform" else "senior" if who in SENIORS else "reviewer"
        headers = {
            "Authorization": f"Bearer {self.keys[role]}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        headers |= {} if role == "platform" else {"Sentinel-Actor": who}
        method = "PUT" if path.endswith("/draft") else "POST"
        until = time.monotonic() + ANSWERED_WITHIN_S
        while True:
            said = self._said(method, path, json.dumps(body).encode(), headers)
            if said is not None and said[0] < SERVER_ERROR:
                self.on_answer()
                return said
            assert time.monotonic() < until, f"nobody answers {path}: {said}"
            time.sleep(TRIES_BETWEEN_S)

    def _said(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes] | None:
        [console] = self.fleet.workers("console")
        try:
            port = int(console.port_file.read_text())
            answer = self._pool.request(
                method, f"http://127.0.0.1:{port}/api/v1{path}", body=body, headers=dict(headers), retries=False
            )
        except (OSError, ValueError, urllib3.exceptions.HTTPError):
            with self._guard:
                self.cut_off += 1
            return None
        return answer.status, answer.data


@dataclass(frozen=True)
class Lives:
    """What parties and reviewers do in one round, drawn from ``seed``. ``last``: nobody asks for more any longer."""

    api: Api
    seed: int

    def round(self, number: int, standing: Sequence[Standing], *, last: bool) -> None:
        """Let everybody act on what stands, and return once every call was answered."""
        chance = random.Random(f"{self.seed}-{number}")  # noqa: S311 - to repeat a failure, no secret
        drawn = [random.Random(chance.random()) for _ in range(len(standing) + len(DESKS))]  # noqa: S311
        work = [partial(self._party, one, mine, number, last=last) for one, mine in zip(standing, drawn, strict=False)]
        work += [
            partial(self._desk, who, mine, number, len(standing), last=last)
            for who, mine in zip(DESKS, drawn[len(standing) :], strict=True)
        ]
        chance.shuffle(work)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for ended in [pool.submit(one) for one in work]:
                ended.result()

    def _party(self, one: Standing, chance: random.Random, number: int, *, last: bool) -> None:
        for place, (what, path, body) in enumerate(_party_acts(one, chance, last=last)):
            key = f"{number}-{one.case_id}-{place}"
            self.api.act(what, one.case_id, "platform", path, body, key, again=chance.random() < 0.1)

    def _desk(self, who: str, chance: random.Random, number: int, waiting: int, *, last: bool) -> None:
        """Work on at most ``waiting`` cases, one after the other, until none is left or one is kept."""
        for turn in range(waiting):
            key = f"{number}-{who}-{turn}"
            found = self.api.act("next", "", who, "/assignments", {}, f"{key}-next", again=chance.random() < 0.1)
            if not found:
                return
            if not self._reviewed(who, found, chance, key, last=last):
                return

    def _reviewed(self, who: str, found: Mapping[str, Any], chance: random.Random, key: str, *, last: bool) -> bool:
        """Return whether the reviewer is free for the next case."""
        case_id, one = found["case_id"], f"/assignments/{found['assignment_id']}"
        for what, path, body in _desk_acts(who, case_id, one, chance, last=last):
            again = chance.random() < 0.2
            self.api.act(what, case_id, who, path, body, f"{key}-{what}", again=again)
            if what in {"hold", "GRANT", "REFUSE", "FORGERY_CONFIRMED", "MORE_EVIDENCE", "skip", "hand-over"}:
                return True
        return False


Act = tuple[str, str, dict[str, Any]]


def _party_acts(one: Standing, chance: random.Random, *, last: bool) -> Iterator[Act]:
    """Give what the parties do to a case as it stands, as the platform sends it."""
    case, draw = f"/cases/{one.case_id}", chance.random()
    if one.state in {"AWAITING_MERCHANT", "AWAITING_BOTH"} and draw < 0.5:
        yield "statement", f"{case}/statements", {"text": "发货前完好 / it was whole", "party": "merchant"}
    if one.state in {"AWAITING_BUYER_EVIDENCE", "AWAITING_BOTH"} and chance.random() < 0.5:
        yield "statement", f"{case}/statements", {"text": "另一张照片 / another photo", "party": "buyer"}
    if one.state == "DECIDED" and draw < 0.3 and not last:
        sides = ("merchant", "buyer") if one.verdict == "GRANT" else ("buyer", "merchant")
        party = sides[chance.random() < 0.2]
        yield "appeal", f"{case}/appeals", {"text": "不服 / I appeal", "party": party}
    if chance.random() < 0.03:
        yield "withdrawal", f"/requests/{one.request_id}/withdrawal", {"text": "撤回 / taken back"}
    if chance.random() < 0.03:
        party = chance.choice(("merchant", "buyer"))
        yield "demand", f"/requests/{one.request_id}/human-review", {"text": "请人工 / a person", "party": party}


def _desk_acts(who: str, case_id: str, one: str, chance: random.Random, *, last: bool) -> Iterator[Act]:
    """Give what a reviewer does with a case in hand; nothing that ends it: they leave it lying."""
    if chance.random() < 0.2:
        yield "heartbeat", f"{one}/heartbeat", {}
    if chance.random() < 0.1:
        yield "draft", f"{one}/draft", {"text": "so far"}
    ways: dict[str, float] = {"GRANT": 40, "REFUSE": 25, "FORGERY_CONFIRMED": 12}
    if not last:
        ways |= {"MORE_EVIDENCE": 10, "skip": 4, "hold": 3, "hand-over": 3, "leave": 3}
    [way] = chance.choices(list(ways), list(ways.values()))
    if way == "hand-over":
        yield (
            way,
            f"{one}/hand-over",
            {"to": chance.choice([name for name in SENIORS if name != who]), "text": "you know more"},
        )
    elif way in {"skip", "hold"}:
        yield way, f"{one}/{way}", {"text": "as drawn"}
    elif way != "leave":
        kinds = [chance.choice(("ANGLE", "PAPER_CODE")), *(["PACKING_PHOTO"] if chance.random() < 0.5 else [])]
        asked = [{"kind": kind, "text": ""} for kind in kinds]  # the buyer is asked for something at least
        more = {"asked": asked} if way == "MORE_EVIDENCE" else {}
        yield way, f"/cases/{case_id}/verdicts", {"verdict": way, "rule": "R-1", "rationale": "as drawn"} | more
