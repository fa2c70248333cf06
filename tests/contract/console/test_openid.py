"""Signing in by an OpenID Connect provider that signs its tokens and insists on PKCE."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import SecretStr
from sqlalchemy import Engine

from streams.access.openid import ClaimedRoles, claimed_scopes
from streams.adapters.openid import OpenIdProvider
from streams.errors import NotAllowed, SettingsError
from tests.contract.console import provider as providers
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door
from tests.contract.console.provider import CLIENT, SECRET, Provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providers.running() as found:
        yield found


@pytest.fixture
def signing_in(engine: Engine, provider: Provider) -> Door:
    return Door(engine, oidc_issuer=provider.issuer, oidc_client_secret=SecretStr(SECRET))


def back_from(browser: Browser, where: str = "/cases") -> str:
    """Go out to the provider; return the path by which it sends the browser back."""
    out = browser.get(f"/sign-in/openid?next={where}")
    assert out.status_code == 303, out.text
    back = requests.get(out.headers["Location"], allow_redirects=False, timeout=60).headers["Location"]
    return "/sign-in/openid/back?" + back.partition("?")[2]


def test_a_person_comes_back_signed_in_with_the_roles_of_their_claims(signing_in: Door) -> None:
    browser = Browser(signing_in)
    assert "/sign-in/openid?next=" in browser.get("/sign-in?next=/cases").text

    came = browser.get(back_from(browser, "/cases?state=READY"))

    assert (came.status_code, came.headers["Location"]) == (303, "/cases?state=READY")
    page = browser.get("/cases")
    assert page.status_code == 200
    assert "lin.wei" in page.text
    [account] = signing_in.uses.accounts.every()
    assert (account.name, account.scopes, account.made_by) == ("lin.wei", ("reviewer",), "openid")


def test_the_session_that_a_browser_had_is_over_once_somebody_comes_back_from_the_provider(signing_in: Door) -> None:
    browser, kept = Browser(signing_in).sign_in("planted", "auditor"), Browser(signing_in)
    kept.client.cookies.update(dict(browser.client.cookies))

    browser.get(back_from(browser))

    assert "lin.wei" in browser.get("/cases").text
    assert kept.get("/audit").status_code == 303


def test_roles_that_the_provider_took_away_are_gone_at_the_next_sign_in(signing_in: Door, provider: Provider) -> None:
    browser = Browser(signing_in)
    provider.claims["roles"] = ["reviewer", "auditor"]
    browser.get(back_from(browser))
    provider.claims["roles"] = ["auditor"]
    browser.get(back_from(browser))

    assert [one.scopes for one in signing_in.uses.accounts.every()] == [("auditor",)]
    assert browser.send("/cases", "/next").status_code == 403


def test_a_key_that_the_provider_changed_is_fetched(signing_in: Door, provider: Provider) -> None:
    Browser(signing_in).get(back_from(Browser(signing_in)))
    browser = Browser(signing_in)
    browser.get(back_from(browser))
    provider.new_key()

    assert browser.get(back_from(browser)).status_code == 303


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # no database is asked
@pytest.mark.parametrize(
    "forged",
    [
        {"aud": "another"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"nonce": "of another sign-in"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"roles": ["platform", "nobody"]},
        {"roles": None},
    ],
)
def test_a_token_that_is_not_for_us_signs_nobody_in(signing_in: Door, provider: Provider, forged: Any) -> None:
    provider.forged = forged
    browser = Browser(signing_in)

    assert browser.get(back_from(browser)).status_code == 403
    assert browser.get("/cases").status_code == 303
    assert signing_in.uses.accounts.every() == []


def test_a_way_back_that_was_begun_in_another_browser_or_came_before_signs_nobody_in(signing_in: Door) -> None:
    own, others = Browser(signing_in), Browser(signing_in)
    back = back_from(own)

    assert others.get(back).status_code == 403
    assert own.get(back).status_code == 303
    assert own.get(back).status_code == 403, "a code opens once"
    assert own.get("/sign-in/openid/back?error=access_denied").status_code == 403


def test_the_name_of_a_local_account_is_nobody_elses_and_a_closed_account_stays_closed(
    signing_in: Door, provider: Provider
) -> None:
    signing_in.uses.accounts.create("lin.wei", ["admin"], by="t", now_ms=1, password="right")
    browser = Browser(signing_in)
    assert browser.get(back_from(browser)).status_code == 403

    provider.claims["preferred_username"] = "lin.other"
    assert browser.get(back_from(browser)).status_code == 303
    signing_in.uses.accounts.close("lin.other", 2)
    assert browser.get(back_from(browser)).status_code == 403


def test_whom_a_provider_calls_as_the_system_calls_itself_has_another_name_here(
    signing_in: Door, provider: Provider
) -> None:
    provider.claims |= {"preferred_username": "System", "email": "li@shop.example"}
    browser = Browser(signing_in)

    assert browser.get(back_from(browser)).status_code == 303
    assert [account.name for account in signing_in.uses.accounts.every()] == ["li@shop.example"]


def test_an_account_of_the_provider_has_no_password(signing_in: Door) -> None:
    browser = Browser(signing_in)
    browser.get(back_from(browser))

    for password in ("", " "):
        assert Browser(signing_in).post("/sign-in", name="lin.wei", password=password).status_code == 422


def test_a_provider_that_is_away_says_so_and_local_accounts_still_work(engine: Engine) -> None:
    door = Door(engine, oidc_issuer="http://127.0.0.1:9")
    browser = Browser(door)

    assert browser.get("/sign-in/openid").status_code == 503
    assert browser.sign_in("chen", "reviewer").get("/cases").status_code == 200


@pytest.mark.parametrize("given", [{}, {"oidc_client_secret": SecretStr("another")}], ids=["no secret", "another"])
def test_a_console_that_the_provider_does_not_know_says_which_settings_to_look_at(
    engine: Engine, provider: Provider, given: dict[str, Any]
) -> None:
    browser = Browser(Door(engine, oidc_issuer=provider.issuer, **given))

    came = browser.get(back_from(browser))

    assert came.status_code == 403
    assert "look at SENTINEL_OIDC_CLIENT_ID and SENTINEL_OIDC_CLIENT_SECRET" in came.text


def test_where_local_accounts_are_off_no_password_is_taken(engine: Engine, provider: Provider) -> None:
    door = Door(engine, oidc_issuer=provider.issuer, local_accounts=False)
    door.uses.accounts.create("lin", ["admin"], by="t", now_ms=1, password="right")
    browser = Browser(door)

    assert 'name="password"' not in browser.get("/sign-in").text
    assert browser.post("/sign-in", name="lin", password="right").status_code == 403


def test_roles_are_found_on_a_path_and_mean_what_the_file_says(tmp_path: Path) -> None:
    file = tmp_path / "roles.yaml"
    file.write_text("cs-team: reviewer\nshop-7: merchant:m-7\n")
    claims = {"realm_access": {"roles": ["cs-team", "shop-7", "auditor", "buyer:b-1"]}}

    roles = ClaimedRoles("realm_access.roles", claimed_scopes(file))

    assert roles.scopes(claims) == ("auditor", "merchant:m-7", "reviewer")
    with pytest.raises(NotAllowed):
        ClaimedRoles("roles", {}).scopes(claims)


def test_settings_that_cannot_be_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "roles.yaml"
    file.write_text("cs-team: nobody\n")
    with pytest.raises(SettingsError):
        claimed_scopes(file)
    for issuer in ("http://provider.example", "https://", "https://[::1", "provider.example", ""):
        with pytest.raises(SettingsError):
            OpenIdProvider(issuer, CLIENT, None)
