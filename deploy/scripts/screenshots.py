"""Makes the README's screenshots from the data of a demo that ran, in Chromium.

Run: DEMO_EXIT=1 refund-sentinel demo --lang zh, then python -m deploy.scripts.screenshots. Needs Chromium, with fonts
for Chinese. Half of what waits in the demo is decided on the way, so that there are statistics. The pictures are
written to deploy/docs/images: look at each before you commit it.
"""

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from streams.access.accounts import Accounts, MadeAccount
from streams.adapters.sql.accounts import SqlAccounts
from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.engine import open_engine
from streams.cases.acts import AuditAct
from streams.cases.case import Case
from streams.cases.looks import Given
from streams.cases.procedure import Procedure
from streams.casework.reviewing.assignments import Assignments
from streams.casework.reviewing.verdicts import Verdicts
from streams.clock import now_ms

DEMO = Path(".demo")
IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDTH, HEIGHT = 1_440, 900
QUALITY = 80
DECIDED_EACH = 25
ZONE = "Asia/Shanghai"
STARTS_S, DRAWN_MS = 60, 60_000
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


def main() -> None:
    """Write the pictures, and say which."""
    environment = os.environ | settings_of(DEMO / "env")
    with console(environment) as address, sync_playwright() as playwright:
        made = account(environment["SENTINEL_DATABASE_URL"])
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        sign_in(page, address, made)
        _keep(page, "queue")
        a_forgery(page, address)
        _keep(page, "case")
        _decide(environment["SENTINEL_DATABASE_URL"])
        page.goto(f"{address}/statistics")
        _keep(page, "statistics")
        browser.close()


def _decide(database_url: str) -> None:
    """Let two people of the demo decide what waits, as its stories lead one to expect: statistics need verdicts."""
    engine = open_engine(database_url)
    try:
        database = SqlCaseDatabase(engine)
        hands, verdicts = Assignments(database), Verdicts(database, Procedure(second_review_share=0))
        for by in ("demo.chen", "demo.zhou") * DECIDED_EACH:
            act = AuditAct(by=by, note="演示", at_ms=now_ms())
            found = hands.next(act)
            if found is None:
                return
            verdicts.give(found.case.case_id, act, _verdict(found.case))
    finally:
        engine.dispose()


def _verdict(case: Case) -> Given:
    if "DERIVED_AND_ALTERED" in case.reason_codes or "RESENT_REFERENCE" in case.reason_codes:
        return Given(verdict="REFUSE", rule="PHOTO_EDITED")
    return Given(verdict="GRANT", rule="DAMAGE_SHOWN")


def a_forgery(page: Page, address: str) -> None:
    """Open the riskiest case on which the changed pixels can be shown, and show them."""
    page.goto(f"{address}/cases?order=score")
    links = page.locator("tbody th a").evaluate_all("found => found.map((one) => one.getAttribute('href'))")
    for link in links:
        page.goto(address + link)
        if page.locator("[data-pair][data-laid=yes]").count() and page.locator(".strip").count():
            break
    page.keyboard.press("4")
    until_s = time.monotonic() + DRAWN_MS / 1_000
    while time.monotonic() < until_s and not page.locator("img[data-of=changed]").evaluate("one => one.naturalWidth"):
        page.wait_for_timeout(100)
    page.wait_for_timeout(1_000)  # the thumbnails below


def sign_in(page: Page, address: str, made: MadeAccount) -> None:
    """Sign a person in, and wait for the queue."""
    page.goto(f"{address}/cases")
    page.fill("[name=name]", made.name)
    page.fill("[name=password]", made.password)
    page.click("button.primary")
    page.wait_for_url("**/cases")


def _keep(page: Page, name: str) -> None:
    path = IMAGES / f"{name}.webp"
    Image.open(BytesIO(page.screenshot())).save(path, quality=QUALITY, method=6)
    print(path)  # noqa: T201 - a command's output


def account(database_url: str) -> MadeAccount:
    """Return a new account that may review."""
    engine = open_engine(database_url)
    try:
        name = f"lin.{secrets.token_hex(2)}"
        return Accounts(SqlAccounts(engine)).create(name, ("reviewer", "senior"), by="screenshots", now_ms=now_ms())
    finally:
        engine.dispose()


def settings_of(path: Path) -> dict[str, str]:
    """Return the environment that a demo wrote down."""
    lines = path.read_text(encoding="utf-8").splitlines()
    given = (line.removeprefix("export ").partition("=") for line in lines if "=" in line)
    return {name: value.strip("'\"") for name, _, value in given}


@contextmanager
def console(environment: dict[str, str]) -> Iterator[str]:
    """Start a console on the demo's data; yield where it answers."""
    subprocess.run([sys.executable, "-m", "streams.cli", "db", "upgrade"], env=environment, check=True)
    port = Path(environment["SENTINEL_DATA_DIR"]) / "console.port"
    port.unlink(missing_ok=True)
    child = subprocess.Popen(
        [sys.executable, "-m", "streams.cli", "console"], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        until_s = time.monotonic() + STARTS_S
        while not (port.is_file() and port.read_text().endswith("\n")) and time.monotonic() < until_s:
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port.read_text().strip()}"
    finally:
        child.terminate()
        child.wait(60)


if __name__ == "__main__":
    main()
