"""A browser without script: keeps cookies, follows forms."""

import re
from typing import Any, cast
from urllib.parse import urlencode

import requests

from streams.clock import now_ms
from tests.contract.console.door import Door, client_of

_FIELD = re.compile(r'name="(?P<name>token|key|version)" value="(?P<value>[^"]*)"')


class Browser:
    """Somebody at the pages of a console."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.client: Any = client_of(door.app)

    def sign_in(self, name: str, *roles: str) -> "Browser":
        """Make an account where there is none, and sign in with it."""
        if self._door.uses.accounts.check(name, "right", now_ms()) is None:
            self._door.uses.accounts.create(name, roles, by="tests", now_ms=1, password="right")
        answer = self.post("/sign-in", name=name, password="right", next="/cases")
        assert answer.status_code == 303, answer.text
        return self

    def get(self, path: str, **headers: str) -> requests.Response:
        return cast("requests.Response", self.client.get(path, headers=headers, allow_redirects=False))

    def post(
        self, path: str, fields: dict[str, Any] | None = None, /, headers: dict[str, str] | None = None, **more: Any
    ) -> requests.Response:
        """Send a form as it is, with nothing that a page would add."""
        body = urlencode((fields or {}) | more, doseq=True)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | (headers or {})
        return cast("requests.Response", self.client.post(path, data=body, headers=headers, allow_redirects=False))

    def hidden(self, path: str) -> dict[str, str]:
        """Return what the forms of a page send along: token, key and version."""
        return {found["name"]: found["value"] for found in _FIELD.finditer(self.get(path).text)}

    def send(self, seen: str, path: str, **fields: Any) -> requests.Response:
        """Send a form of the page at ``seen``."""
        return self.post(path, self.hidden(seen) | fields)
