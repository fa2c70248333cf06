"""Somebody at the pages of a console that is measured."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from urllib.parse import urlencode

import urllib3

from streams.errors import OperatorError

AT_ONCE = 40
ANSWER_S = 30.0
PULSE_S = 0.02
_LINK = re.compile(r'href="(/cases/[^"?]+)"')


class Visitor:
    """Somebody signed in, without script."""

    def __init__(self, address: str, name: str, password: str) -> None:
        self._http = urllib3.PoolManager(timeout=ANSWER_S, retries=False, maxsize=AT_ONCE)
        self._address = address
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({"name": name, "password": password})
        answer = self._http.request("POST", f"{address}/sign-in", body=body, headers=headers, redirect=False)
        self._headers = {"Cookie": answer.headers.get("Set-Cookie", "").partition(";")[0]}

    def get(self, path: str) -> bytes:
        """Return a page; :class:`OperatorError` where it is none."""
        answer = self._http.request("GET", self._address + path, headers=self._headers, redirect=False, retries=3)
        if answer.status != 200:  # noqa: PLR2004 - anything else is a fault
            msg = f"{path} is answered {answer.status}"
            raise OperatorError(msg)
        return answer.data

    @contextmanager
    def pulse(self) -> Iterator[list[float]]:
        """Give the seconds that each answer takes for which nothing is looked up, one after the other until the end.

        One that is long says that the process stood still: where only pages are late, the database is.
        """
        taken, over = [0.0], Event()

        def beat() -> None:
            http = urllib3.PoolManager(timeout=ANSWER_S, retries=False)
            while not over.wait(PULSE_S):
                asked = time.monotonic()
                http.request("GET", f"{self._address}/live")
                taken.append(time.monotonic() - asked)

        with ThreadPoolExecutor(1) as pool:
            beating = pool.submit(beat)
            try:
                yield taken
            finally:
                over.set()
                beating.result()

    def cases(self) -> list[str]:
        """Return the pages of cases that were judged with evidence: those opened last."""
        return list(dict.fromkeys(_LINK.findall(self.get("/cases?order=newest").decode())))

    def rest(self) -> int:
        """Return the bytes of everything that a page needs but photos."""
        found = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', self.get("/cases").decode()))
        return sum(len(self.get(path)) for path in found)
