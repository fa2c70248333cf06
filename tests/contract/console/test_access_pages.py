"""People, keys and webhooks on the pages: given and taken away at once, secrets shown once."""

import re

import pytest

from tests.contract.console.browser import Browser
from tests.contract.console.door import Door

SECRET = re.compile(r"<code>([^<]+)</code>")


@pytest.fixture
def admin(door: Door) -> Browser:
    return Browser(door).sign_in("root", "admin")


def test_an_account_is_made_once_and_its_password_is_shown_once(door: Door, admin: Browser) -> None:
    form = admin.hidden("/people") | {"name": "lin", "role": ["reviewer", "auditor"], "merchants": ""}

    first, again = admin.post("/people", form), admin.post("/people", form)

    [password] = SECRET.findall(first.text)
    assert (again.status_code, again.headers["Location"]) == (303, "/people")
    assert [one.scopes for one in door.uses.accounts.every() if one.name == "lin"] == [("auditor", "reviewer")]
    assert password not in admin.get("/people").text
    signed_in = Browser(door).post("/sign-in", name="lin", password=password, next="/cases")
    assert signed_in.status_code == 303


def test_a_role_that_is_taken_away_is_gone_at_once_and_a_closed_account_is_out(door: Door, admin: Browser) -> None:
    lin = Browser(door).sign_in("lin", "reviewer", "senior")
    assert lin.get("/workload").status_code == 200

    admin.send("/people", "/people/lin/roles", role=["reviewer"])
    assert lin.get("/workload").status_code == 403
    assert lin.get("/cases").status_code == 200
    admin.send("/people", "/people/lin/close")

    assert lin.get("/cases").headers["Location"].startswith("/sign-in")


def test_nobody_changes_their_own_account_and_what_is_wrong_is_refused(door: Door, admin: Browser) -> None:
    assert admin.send("/people", "/people/root/roles", role=["admin", "senior"]).status_code == 403
    assert admin.send("/people", "/people/root/close").status_code == 403
    assert admin.send("/people", "/people/nobody/roles", role=["reviewer"]).status_code == 404
    assert admin.send("/people", "/people", name="lin").status_code == 422
    assert admin.send("/people", "/people", name="<script>", role=["reviewer"]).status_code == 422
    assert admin.send("/people", "/people", name="lin", role=["platform"]).status_code == 422
    assert admin.send("/people", "/people", name="lin", merchants="m-1 <b>").status_code == 422
    assert [one.name for one in door.uses.accounts.every()] == ["root"]


def test_a_new_password_ends_the_old_one(door: Door, admin: Browser) -> None:
    lin = Browser(door).sign_in("lin", "reviewer")

    [password] = SECRET.findall(admin.send("/people", "/people/lin/password").text)

    assert lin.get("/cases").status_code == 303
    assert Browser(door).post("/sign-in", name="lin", password="right").status_code == 422
    assert Browser(door).post("/sign-in", name="lin", password=password).status_code == 303


def test_a_key_opens_what_it_is_for_until_it_is_revoked(door: Door, admin: Browser) -> None:
    made = admin.send("/keys", "/keys", name="shop", merchants="m-1", days="30")
    [key] = SECRET.findall(made.text)
    assert door.call(None, "GET", "/cases", token=key).status_code == 200
    page = admin.get("/keys").text
    assert key not in page
    [key_id] = [one.key_id for one in door.uses.keys.every() if one.name == "shop"]

    admin.send("/keys", f"/keys/{key_id}/revoke")

    assert door.call(None, "GET", "/cases", token=key).status_code == 401
    assert "revoked" in admin.get("/keys").text
    assert admin.send("/keys", "/keys", name="none").status_code == 422


def test_a_webhook_is_added_shown_and_removed(door: Door, admin: Browser) -> None:
    refused = admin.send("/webhooks", "/webhooks", url="http://127.0.0.1/x")
    made = admin.send("/webhooks", "/webhooks", url="https://example.com/hook")

    assert refused.status_code == 422
    [secret] = SECRET.findall(made.text)
    page = admin.get("/webhooks").text
    assert "https://example.com/hook" in page
    assert secret not in page
    [hook] = door.uses.webhooks.every()
    assert admin.send("/webhooks", f"/webhooks/{hook.webhook_id}/deliveries/d-none/replay").status_code == 404
    admin.send("/webhooks", f"/webhooks/{hook.webhook_id}/remove")
    assert door.uses.webhooks.every() == []
