"""The demo from beginning to end."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from rich.console import Console

from streams.adapters.sql.cases.case_files import SqlCaseRecords
from streams.adapters.sql.engine import open_engine
from streams.casework.files import CaseFiles
from streams.clock import now_ms
from streams.demo import desks, prometheus, report
from streams.demo.day import Day, a_day
from streams.demo.outcome import outcome
from streams.demo.platform import Seen, identity, play
from streams.demo.progress import Bar
from streams.demo.stack import Stack, bring_up
from streams.errors import SentinelError
from streams.wording.tables import Language, texts

T = TypeVar("T")

SEED = 1
INTERRUPTED = 130


def run(requests: int, language: Language, port: int, *, with_prometheus: bool = False) -> int:
    """Return the exit status: 0 when every request was decided and everything came out as expected.

    The last line on standard output is one JSON object with the counts. Raises errors of
    :mod:`streams.errors` when something cannot be brought up; what goes wrong later is told, and the status is 1.
    """
    if with_prometheus:
        prometheus.require()
    return asyncio.run(_run(requests, language, port, with_prometheus=with_prometheus))


async def _run(requests: int, language: Language, port: int, *, with_prometheus: bool) -> int:
    started_s = time.monotonic()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    to = report.console()
    said = texts("demo/report")
    to.print(said["bringing_up"].of(language))
    day = a_day(SEED, requests, now_ms())
    async with AsyncExitStack() as beside:
        stack = await _unless(stop, beside.enter_async_context(bring_up(SEED, requests, port)))
        if stack is None:
            return INTERRUPTED
        seen = Seen()
        watched = await beside.enter_async_context(prometheus.watching(stack)) if with_prometheus else None
        try:
            await _unless(stop, _played(day, stack, seen, to, language))
        except SentinelError as exc:
            report.show_trouble(to, exc, language)
        if stop.is_set():
            return INTERRUPTED
        seconds = time.monotonic() - started_s
        await asyncio.to_thread(desks.answer, stack.settings, language)
        cases = await asyncio.to_thread(_cases, stack)
        found = outcome(seen, cases, len(day.poison), seconds)
        report.show_decisions(to, seen, language)
        report.show_summary(to, seen, len(day.poison), language)
        report.show_mismatches(to, found.mismatches, language)
        report.show_ways_on(to, stack, seen, language, stays=_stays())
        if watched is not None and _stays():
            report.show_prometheus(to, watched, prometheus.carried("grafana"), language)
        if _stays():
            to.print("\n" + said["ends"].of(language))
            await stop.wait()
            to.print()  # the terminal wrote ^C on this line
        last = found.counts | {"console": stack.console_address}
    to.print(json.dumps(last), soft_wrap=True)
    return 0 if found.complete and not found.mismatches else 1


async def _played(day: Day, stack: Stack, seen: Seen, to: Console, language: Language) -> None:
    with Bar(to, len({identity(asked) for asked in day.asked}), language) as bar:
        await play(day, stack, seen, bar.tell)


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Return what the work returns, None when it is told to stop before; raises what the work raises."""
    doing, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if doing.done():
        return doing.result()
    doing.cancel()
    await asyncio.wait({doing})
    return None


def _cases(stack: Stack) -> int:
    engine = open_engine(stack.settings.database_url)
    try:
        return sum(1 for _ in CaseFiles(SqlCaseRecords(engine)).list_cases())
    finally:
        engine.dispose()


def _stays() -> bool:
    """Whether someone is there for a look, and has not said otherwise."""
    return sys.stdout.isatty() and os.environ.get("DEMO_EXIT", "0") in {"", "0"}
