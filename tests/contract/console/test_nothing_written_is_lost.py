"""What a person wrote outlives whatever ends their form: the session, another tab, a role that is taken away."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import Engine

from tests.contract.console.browser import Browser
from tests.contract.console.door import Door

GRANT = {"verdict": "GRANT", "rule": "DAMAGE_SHOWN", "heard": "yes"}
THOUGHT = "half a thought & <b>裂纹</b>"


@pytest.fixture
def lin(door: Door) -> Browser:
    return Browser(door).sign_in("lin", "senior")


def shown(browser: Browser, path: str) -> str:
    return unescape(browser.get(path).text)


def test_a_verdict_sent_after_the_session_ended_is_there_again_after_signing_in(
    door: Door, case: str, lin: Browser
) -> None:
    seen = lin.hidden(f"/cases/{case}")
    lin.client.cookies.clear()

    over = lin.post(f"/cases/{case}/verdict", seen | GRANT | {"rationale": THOUGHT})
    wrong = lin.post("/sign-in", name="lin", password="wrong", next=f"/cases/{case}", typed=THOUGHT)
    again = lin.post("/sign-in", name="lin", password="right", next=f"/cases/{case}", typed=THOUGHT)

    assert over.status_code == 403
    assert THOUGHT in unescape(over.text)
    assert f'name="next" value="/cases/{case}"' in over.text
    assert THOUGHT in unescape(wrong.text)
    assert again.headers["Location"] == f"/cases/{case}?kept=true"
    assert f"data-rationale>{THOUGHT}</textarea>" in shown(lin, again.headers["Location"])
    assert door.get("auditor", f"/cases/{case}").json()["verdict"] is None


def test_a_statement_with_a_photo_is_there_again_without_the_photo(door: Door, case: str) -> None:
    shop = Browser(door).sign_in("shop", "merchant:m-1")
    shop.client.cookies.clear()

    over = shop.client.post(
        f"/cases/{case}/statement",
        data={"token": "x", "text": THOUGHT},
        files={"files": ("photo.jpg", b"\xff\xd8" * 200_000, "image/jpeg")},
        allow_redirects=False,
    )
    again = shop.post("/sign-in", name="shop", password="right", next=f"/cases/{case}", typed=THOUGHT)

    assert THOUGHT in unescape(over.text)
    assert f"required>{THOUGHT}</textarea>" in shown(shop, again.headers["Location"])
    assert shop.send(f"/cases/{case}", f"/cases/{case}/statement", text=THOUGHT).status_code == 303
    assert f"required>{THOUGHT}" not in shown(shop, f"/cases/{case}"), "what was sent is no draft"


def test_another_sites_form_puts_no_words_before_whoever_signs_in_next(case: str, lin: Browser) -> None:
    lin.client.cookies.clear()
    lin.client.headers["Sec-Fetch-Site"] = "cross-site"

    answer = lin.post(f"/cases/{case}/verdict", GRANT | {"rationale": THOUGHT})

    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"] == [f"/cases/{case}"]


def test_words_on_a_case_that_is_not_theirs_are_shown_and_kept_nowhere(door: Door, case: str) -> None:
    other = Browser(door).sign_in("other", "merchant:m-2")
    other.client.cookies.clear()

    again = other.post("/sign-in", name="other", password="right", next=f"/cases/{case}", typed=THOUGHT)

    assert again.status_code == 200
    assert THOUGHT in unescape(again.text)
    assert door.uses.drafts.of(case, "other") == ""


def test_what_somebody_else_was_quicker_than_is_shown_and_kept(door: Door, case: str, lin: Browser) -> None:
    old = lin.hidden(f"/cases/{case}")
    shop = Browser(door).sign_in("shop", "merchant:m-1")
    shop.send(f"/cases/{case}", f"/cases/{case}/statement", text="sent whole")

    late = lin.post(f"/cases/{case}/verdict", old | GRANT | {"rationale": THOUGHT})

    assert late.status_code == 409
    assert THOUGHT in unescape(late.text)
    assert f'href="/cases/{case}"' in late.text
    assert f"data-rationale>{THOUGHT}</textarea>" in shown(lin, f"/cases/{case}")


def test_a_role_that_is_taken_away_takes_no_words_along(engine: Engine, case: str, lin: Browser) -> None:
    seen = lin.hidden(f"/cases/{case}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE accounts SET scopes = 'auditor' WHERE name = 'lin'")

    answer = lin.post(f"/cases/{case}/verdict", seen | GRANT | {"rationale": THOUGHT})

    assert answer.status_code == 403
    assert THOUGHT in unescape(answer.text)


def test_a_draft_is_its_persons_alone_and_gone_once_it_was_sent(door: Door, case: str, lin: Browser) -> None:
    seen = lin.hidden(f"/cases/{case}")
    lin.post(f"/cases/{case}/verdict", seen | {"rationale": THOUGHT, "verdict": "NONE"})
    chen = Browser(door).sign_in("chen", "reviewer")

    assert THOUGHT in shown(lin, f"/cases/{case}")
    assert THOUGHT not in shown(chen, f"/cases/{case}")
    assert lin.send(f"/cases/{case}", f"/cases/{case}/verdict", **GRANT, rationale=THOUGHT).status_code == 303
    assert door.uses.drafts.of(case, "lin") == ""


MEGABYTE = "\u88c2\u7eb9 & <b> " * 100_000
"""A text of about a megabyte, in two languages."""


def beginning(text: str) -> str:
    """Return the words in the box of a page, which have to be the beginning of the megabyte and say that they are."""
    page = unescape(text)
    [kept] = re.findall(r"readonly rows=.\d.>([^\[]*) \[…\]</textarea>", page)
    assert MEGABYTE.startswith(kept)
    assert f"Only the first {len(kept) + len(' […]'):,} characters are here" in page
    return str(kept)


def test_a_verdict_of_a_megabyte_is_refused_and_its_beginning_kept_whoever_is_signed_in(
    case: str, lin: Browser
) -> None:
    seen = lin.hidden(f"/cases/{case}")
    late = lin.post(f"/cases/{case}/verdict", seen | GRANT | {"rationale": MEGABYTE})
    begun = beginning(late.text)

    assert late.status_code == 413
    assert len(begun) > 10_000
    assert begun in shown(lin, f"/cases/{case}")
    lin.client.cookies.clear()
    over = lin.post(f"/cases/{case}/verdict", seen | GRANT | {"rationale": MEGABYTE})
    assert beginning(over.text) == begun
    again = lin.post("/sign-in", name="lin", password="right", next=f"/cases/{case}", typed=f"{begun} […]")
    assert again.headers["Location"] == f"/cases/{case}?kept=true"


def test_a_statement_of_a_megabyte_or_with_too_many_files_is_refused_and_its_beginning_kept(
    door: Door, case: str
) -> None:
    shop = Browser(door).sign_in("shop", "merchant:m-1")

    def sent(text: str, files: int) -> requests.Response:
        photos = [("files", (f"{number}.jpg", b"\xff\xd8" * 20_000, "image/jpeg")) for number in range(files)]
        given = shop.hidden(f"/cases/{case}") | {"text": text}
        return shop.client.post(f"/cases/{case}/statement", data=given, files=photos, allow_redirects=False)  # type: ignore[no-any-return]

    long, many = sent(MEGABYTE, 1), sent(THOUGHT, 9)

    assert (long.status_code, many.status_code) == (422, 422)
    assert len(beginning(long.text)) > 10_000
    assert "8 files" in many.text
    assert f"required>{THOUGHT}</textarea>" in shown(shop, f"/cases/{case}")
    assert door.get("merchant:m-1", f"/cases/{case}").json()["state"] == "AWAITING_MERCHANT"
