"""The console as its callers meet it: over HTTP, on a database, with a key for every role."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import requests
from argon2 import PasswordHasher
from schemathesis.python.asgi import get_client
from sqlalchemy import Engine

from streams.access.accounts import Accounts
from streams.access.roles import PARTIES, Role
from streams.adapters.sql.accounts import SqlAccounts
from streams.adapters.sql.cases.figures import SqlFigures
from streams.adapters.sql.cases.quality import SqlQuality
from streams.adapters.sql.cases.reach import SqlReach
from streams.casework.quality.figures import Figures
from streams.console.app import build_app
from streams.console.compose import identity, use_cases
from streams.console.limits import Rates
from streams.console.metrics import ConsoleMetrics
from streams.settings import Settings

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
MERCHANT = "m-1"
BUYER = "b-1"


class Door:
    """Calls the API as somebody."""

    def __init__(self, engine: Engine, *, calls_per_s: float = 1e6, **settings: Any) -> None:
        self.folder = TemporaryDirectory()
        folder = Path(self.folder.name)
        procedure = folder / "procedure.yaml"
        procedure.write_text("second_review_share: 0\n")  # a lot would send one case in twenty elsewhere
        files: dict[str, Any] = {
            "evidence_url": (folder / "evidence").as_uri(),
            "data_dir": folder / "data",
            "procedure": procedure,
        }
        given = Settings(**files | settings)
        self.uses = replace(
            use_cases(engine, given),
            accounts=Accounts(SqlAccounts(engine), QUICK),
            figures=Figures(
                SqlQuality(engine), SqlFigures(engine), SqlReach(engine)
            ),  # counted when asked, however long it takes
        )
        self.app = build_app(self.uses, identity(self.uses, given), Rates(calls_per_s), ConsoleMetrics())
        self._client = client_of(self.app)
        self._keys: dict[str, str] = {}

    def key(self, *scopes: str) -> str:
        """Return the text of a key with these scopes."""
        name = " ".join(scopes)
        if name not in self._keys:
            made = self.uses.keys.create("tests", scopes, by="tests", now_ms=1)
            self._keys[name] = made.key
        return self._keys[name]

    def call(
        self, who: str | None, method: str, path: str, *, token: str | None = None, **given: Any
    ) -> requests.Response:
        """Return what ``who`` (a scope; None: nobody) is answered; ``headers`` and ``json`` as requests takes them."""
        headers = dict(given.pop("headers", {}))
        shown = token or (self.key(who) if who is not None else None)
        if shown is not None:
            headers["Authorization"] = f"Bearer {shown}"
        where = path if path.startswith(("/api/", "/live", "/ready", "/metrics")) else f"/api/v1{path}"
        return self.at(method, where, headers=headers, **given)

    def at(self, method: str, address: str, **given: Any) -> requests.Response:
        """Return what the whole address answers, also that of a page."""
        return self._client.request(method, address, allow_redirects=False, **given)

    def get(self, who: str | None, path: str, **given: Any) -> requests.Response:
        return self.call(who, "GET", path, **given)

    def post(self, who: str | None, path: str, json: object, **given: Any) -> requests.Response:
        return self.call(who, "POST", path, json=json, **given)


def client_of(app: object) -> requests.Session:
    """Return a client of its own, with cookies of its own, that reads no proxy from the environment at each call."""
    client: requests.Session = get_client(cast("Any", app))
    client.trust_env = False
    return client


def scope_of(role: Role) -> str:
    """The scope by which tests have a role: parties are those of the built request."""
    return f"{role}:{MERCHANT if role is Role.MERCHANT else BUYER}" if role in PARTIES else role.value
