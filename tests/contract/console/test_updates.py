"""Open pages hear of changes to what their person may see, as long as they are signed in as who they were."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from streams.clock import now_ms
from streams.console import updates
from streams.console.pages.by_session import UNASKED
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door

WAIT_S = 60
Opened = Callable[..., str]


class Stream:
    """A stream that a page opened: its status, and what comes."""

    def __init__(self, door: Door) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.left = asyncio.Event()
        self.status = 0
        self._updates: updates.Updates = door.app.state.updates

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        await self.sent.put(message)

    async def came(self) -> str | None:
        """Return what comes next; None: the stream is over."""
        while True:
            message = await asyncio.wait_for(self.sent.get(), WAIT_S)
            if message["type"] == "http.response.body":
                return message["body"].decode() or None

    async def after_a_look(self) -> str | None:
        await self._updates.look()
        return await self.came()


@asynccontextmanager
async def opened(door: Door, browser: Browser, query: str = "") -> AsyncIterator[Stream]:
    """Give a stream that a signed-in browser opened."""
    found = Stream(door)
    cookies = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/updates",
        "query_string": query.encode(),
        "headers": [(b"host", b"testserver"), (b"cookie", cookies.encode())],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    running = asyncio.create_task(door.app(scope, found.receive, found.send))
    try:
        yield found
    finally:
        found.left.set()
        await asyncio.wait_for(running, WAIT_S)


async def test_a_page_hears_that_cases_changed_and_that_its_own_did(door: Door, open_case: Opened) -> None:
    case = open_case("rr-1")
    reviewer = Browser(door).sign_in("lin", "reviewer")
    await door.app.state.updates.look()
    query = f"case={case}&since={now_ms() + 1}"
    async with opened(door, reviewer, query) as stream:
        assert await stream.came() == "retry: 5000\n\n"
        open_case("rr-2")
        assert await stream.after_a_look() == "event: cases\ndata: {}\n\n"
        door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "sent whole"})
        assert await stream.after_a_look() == "event: case\ndata: {}\n\nevent: cases\ndata: {}\n\n"


async def test_what_was_done_between_the_page_and_its_stream_is_told(door: Door, open_case: Opened) -> None:
    before, case = now_ms(), open_case("rr-1")
    reviewer = Browser(door).sign_in("lin", "reviewer")
    await door.app.state.updates.look()  # another page heard of it already
    async with opened(door, reviewer, f"case={case}&since={before}") as stream:
        assert await stream.came() == "retry: 5000\n\n"
        assert await stream.came() == "event: case\ndata: {}\n\nevent: cases\ndata: {}\n\n"


async def test_a_merchant_hears_nothing_of_other_merchants(door: Door, open_case: Opened) -> None:
    other = Browser(door).sign_in("other", "merchant:m-2")
    own = Browser(door).sign_in("shop", "merchant:m-1")
    async with opened(door, other, f"case={open_case('rr-1')}") as stream, opened(door, own) as heard:
        await stream.came()
        await heard.came()
        open_case("rr-2")
        assert await heard.after_a_look() == "event: cases\ndata: {}\n\n"
        door.app.state.updates.end()
        assert await stream.came() is None


@pytest.mark.parametrize("way", ["role taken away", "signed out", "closed"])
async def test_a_stream_ends_with_what_its_person_may_do(door: Door, open_case: Opened, way: str) -> None:
    reviewer = Browser(door).sign_in("lin", "reviewer", "auditor")
    async with opened(door, reviewer) as stream:
        await stream.came()
        if way == "role taken away":
            door.uses.accounts.change_roles("lin", ["auditor"], by="root")
        elif way == "closed":
            door.uses.accounts.close("lin", now_ms())
        else:
            reviewer.send("/cases", "/sign-out")
        open_case("rr-1")
        assert await stream.after_a_look() is None


async def test_streams_are_bounded_and_leave_nothing_behind(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "A_PERSON", 1)
    reviewer = Browser(door).sign_in("lin", "reviewer")
    async with opened(door, reviewer) as first:
        await first.came()
        async with opened(door, reviewer) as second:
            await second.came()
            assert second.status == 429
        async with opened(door, Browser(door).sign_in("mei", "senior")) as another:
            assert await another.came() == "retry: 5000\n\n"
    assert "sentinel_console_streams 0.0" in door.get(None, "/metrics").text
    async with opened(door, reviewer) as again:
        assert await again.came() == "retry: 5000\n\n"


def test_nobody_listens_without_a_session(door: Door) -> None:
    assert door.at("GET", "/updates").status_code == 401
    key = {"Authorization": f"Bearer {door.key('reviewer')}"}
    assert door.at("GET", "/updates", headers=key).status_code == 204
    assert Browser(door).sign_in("ada", "policy-author").get("/updates").status_code == 403


def test_a_page_that_refreshes_itself_makes_no_session_longer(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    reviewer = Browser(door).sign_in("lin", "reviewer")
    seen: list[str] = []
    monkeypatch.setattr("streams.access.sessions.NOTED_MS", 0)
    monkeypatch.setattr(
        "streams.adapters.sql.accounts.SqlSessions.seen", lambda _self, session_id, _at_ms: seen.append(session_id)
    )

    assert reviewer.get("/cases", **{UNASKED: "1"}).status_code == 200
    assert seen == []
    assert reviewer.get("/cases").status_code == 200
    assert len(seen) == 1


def test_only_pages_of_those_who_may_listen_do(door: Door) -> None:
    assert 'data-updates="/updates?since=' in Browser(door).sign_in("lin", "reviewer").get("/cases").text
    assert "data-updates" not in Browser(door).sign_in("ada", "policy-author").get("/policies").text
