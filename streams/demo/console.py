"""The demo's console: a process of its own, an account to sign in with, and a key for the API."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from streams.access.accounts import Accounts, MadeAccount
from streams.access.keys import Keys
from streams.adapters import child_processes
from streams.adapters.sql.accounts import SqlAccounts
from streams.adapters.sql.api_keys import SqlKeys
from streams.adapters.sql.engine import open_engine
from streams.clock import now_ms
from streams.errors import OperatorError
from streams.settings import Settings

PORT_FILE = "console.port"
LOG = "console.log"
STARTS_S = 60
LOOK_EVERY_S = 0.1
NAME = "demo"
ROLES = ("reviewer", "senior", "auditor")
SCOPES = ("platform", "reviewer", "auditor")


def start(folder: Path, environment: Mapping[str, str]) -> child_processes.Child:
    """Return the console's process, started."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SENTINEL_")}
    return child_processes.start(
        (sys.executable, "-m", "streams.cli", "console"), folder / LOG, {**ours, **environment}
    )


async def address(console: child_processes.Child, settings: Settings, folder: Path) -> str:
    """Return where the console answers, once it does; :class:`OperatorError` when it ended or took too long."""
    port, until_s = settings.data_dir / PORT_FILE, time.monotonic() + STARTS_S
    while not (port.is_file() and port.read_text().endswith("\n")):
        if console.poll() is not None or time.monotonic() > until_s:
            msg = f"the console did not start: see {folder / LOG}"
            raise OperatorError(msg)
        await asyncio.sleep(LOOK_EVERY_S)
    return f"http://{settings.console_host}:{port.read_text().strip()}"


def sign_in(settings: Settings) -> MadeAccount:
    """Return an account that was made now, for a look at the pages; the call blocks."""
    engine = open_engine(settings.database_url)
    try:
        return Accounts(SqlAccounts(engine)).create(NAME, ROLES, by="demo", now_ms=now_ms())
    finally:
        engine.dispose()


def api_key(settings: Settings) -> str:
    """Return a new key for everything that the demo has to show; the call blocks."""
    engine = open_engine(settings.database_url)
    try:
        return Keys(SqlKeys(engine)).create("demo", SCOPES, by="demo", now_ms=now_ms()).key
    finally:
        engine.dispose()
