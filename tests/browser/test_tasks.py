"""Each role's main task, in both languages, light and dark: what they press is found by its words."""

import re
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Browser, Page, expect

from streams.cases.acts import AuditAct
from streams.clock import now_ms
from tests.browser.browsing import IN_CHROMIUM, WAIT_MS
from tests.browser.looks import Look
from tests.browser.site import Site, forged
from tests.contract.judging import A_POLICY, some_evidence, suspecting
from tests.unit.adapters.test_drawing import a_scene

LOOK_MS = 100
pytestmark = IN_CHROMIUM


@pytest.fixture(params=[("zh", "light"), ("en", "dark")], ids="-".join)
def look(request: pytest.FixtureRequest, site: Site, chromium: Browser) -> Look:
    language, scheme = request.param
    return Look(language, scheme, site, chromium)


def drawn(page: Page, which: str) -> bool:
    """Return whether a photo is there with all its pixels."""
    photo = page.locator(f"img[data-of={which}]")
    for _ in range(WAIT_MS // LOOK_MS):  # the page's own policy forbids what Playwright would wait with
        if photo.evaluate("image => image.naturalWidth > 0"):
            return True
        page.wait_for_timeout(LOOK_MS)
    return False


def test_a_merchant_answers_without_script_and_a_reviewer_decides_by_keyboard_alone(look: Look, tmp_path: Path) -> None:
    request = f"rr-forged-{look.language}"
    case = look.site.open_case(request, forged(request, look.site.evidence_url))
    photo = tmp_path / "packed.jpg"
    photo.write_bytes(cv2.imencode(".jpg", a_scene())[1].tobytes())
    shop = look.by("shop", "/desk", scripted=False)
    shop.page.locator(f"a.button[href^='/cases/{case}']").click()
    shop.page.fill("textarea[name=text]", "sent whole <script>alert(1)</script>")
    shop.page.set_input_files("input[name=files]", photo)
    shop.presses("case", "send")
    expect(shop.page.get_by_text("sent whole <script>")).to_be_visible()
    shop.is_content()

    lin = look.by("lin.wei", "/cases")
    page = lin.page
    page.clock.install()  # the five seconds to undo a verdict are not waited for
    page.keyboard.press("n")
    page.wait_for_url(f"**/cases/{case}")
    assert drawn(page, "claim")
    assert drawn(page, "reference")
    assert page.evaluate("document.documentElement.scrollHeight") <= 900, "everything stands on one screen"
    for key, view in (("2", "swipe"), ("3", "blink"), ("1", "side"), ("4", "changed")):
        page.keyboard.press(key)
        expect(page.locator("[data-viewer]")).to_have_attribute("data-view", view)
    assert drawn(page, "changed")
    page.keyboard.press("1")
    page.get_by_role("button", name=look.words("case", "show_places")).click()
    expect(page.locator("[data-viewer]")).to_have_attribute("data-view", "changed")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    lin.is_content()

    page.keyboard.press("f")
    page.keyboard.press("Enter")
    expect(page.locator("[data-undo]")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("[data-undo]")).to_be_hidden()
    page.locator("form[data-verdict] button.primary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-undo]")).to_be_visible()
    page.clock.run_for(5_000)
    page.wait_for_url("**?done=*")
    expect(page.locator("form[data-verdict]")).to_have_count(0)
    lin.is_content()


def test_a_reviewer_who_found_no_case_is_led_to_the_next_one_without_a_touch(look: Look) -> None:
    case = look.site.open_case(f"rr-again-{look.language}")
    look.site.database.hearings.state(case, AuditAct(by="m-1", note="sent whole", at_ms=now_ms()), "merchant")

    page = look.by("lin.wei", "/cases?empty=true").page

    expect(page.get_by_text(look.words("queue", "asks_again"))).to_be_visible()
    page.wait_for_url(re.compile(r"/cases/[^?]+$"))


def test_a_senior_decides_an_appeal_and_sees_it_among_what_they_did_today(look: Look) -> None:
    request = f"rr-appealed-{look.language}"
    case = look.site.open_case(request)
    look.site.database.hearings.state(request, look.site.now("m-1", "sent whole"), "merchant")
    look.site.database.verdicts.decide(request, look.site.now("chen"), "GRANT", "R-1")
    look.site.database.hearings.appeal(request, look.site.now("m-1", "it arrived whole"), "merchant")
    zhou = look.by("zhou", "/workload", scripted=False)
    zhou.page.get_by_role("link", name=look.words("navigation", "queue")).click()
    zhou.presses("queue", "next")
    zhou.page.wait_for_url(f"**/cases/{case}")
    zhou.page.check("input[value=REFUSE]")
    zhou.page.select_option("select[name=rule]", "NO_DAMAGE_SHOWN")
    zhou.page.fill("textarea[name=rationale]", "no damage to be seen")
    zhou.presses("case", "decide")
    zhou.page.wait_for_url("**?done=*")
    zhou.is_content()
    zhou.page.get_by_role("link", name=look.words("navigation", "today")).click()

    expect(zhou.page.locator("tbody tr", has_text=request)).to_contain_text(look.words("verdicts", "REFUSE"))
    zhou.is_content()


def test_an_author_proposes_and_an_approver_activates_without_script(look: Look) -> None:
    ada = look.by("ada", "/policies")
    ada.page.fill("textarea[name=policy]", A_POLICY.format(name=f"second <b> {look.language}"))
    ada.presses("policies", "propose")
    expect(ada.page.get_by_text(look.words("policies", "not_active"))).to_be_visible()
    ada.is_content()

    bo = look.by("bo", ada.page.url.partition("?")[0].removeprefix(look.site.address), scripted=False)
    expect(bo.page.locator(".diff .added").first).to_be_visible()
    bo.page.locator("form[action$='/activate'] input[name=text]").fill("已核对 checked")
    bo.page.check("input[name=force]")
    bo.presses("policies", "activate")
    expect(bo.page.get_by_text(look.words("policies", "active"), exact=True)).to_be_visible()
    bo.is_content()


def test_an_auditor_proves_the_trail_without_script_and_reads_one(look: Look) -> None:
    wu = look.by("wu", "/audit", scripted=False)
    wu.presses("audit", "verify")
    expect(wu.page.locator(".notice.good")).to_be_visible()
    wu.is_content()
    wu.page.goto(f"{look.site.address}/cases/{look.site.case}")
    wu.page.locator("summary", has_text=look.words("case", "trail")).click()

    expect(wu.page.locator(".trail li").first).to_be_visible()
    wu.is_content()


def test_an_admin_makes_an_account_a_key_and_an_address_and_is_shown_each_secret_once(look: Look) -> None:
    root = look.by("root", "/people")
    root.page.locator("form[action='/people'] input[name=name]").fill(f"new.{look.language}")
    root.page.locator("form[action='/people'] input[value=auditor]").check()
    root.presses("access", "add_person")
    expect(root.page.locator(".secret code")).to_be_visible()
    root.page.goto(f"{look.site.address}/keys")
    root.page.locator("form[action='/keys'] input[name=name]").fill(f"shop.{look.language}")
    root.page.locator("form[action='/keys'] input[value=platform]").check()
    root.presses("access", "add_key")
    expect(root.page.locator(".secret code")).to_be_visible()
    root.page.goto(f"{look.site.address}/webhooks")
    root.page.locator("form[action='/webhooks'] input[name=url]").fill(f"https://{look.language}.example.org/refunds")
    root.presses("webhooks", "add")
    secret = root.page.locator(".secret code").inner_text()
    assert secret.startswith("whsec_")
    root.is_content()
    root.page.get_by_role("link", name=look.words("access", "copied")).click()

    expect(root.page.get_by_text(f"{look.language}.example.org")).to_be_visible()
    assert secret not in root.page.content()
    root.is_content()


def test_an_operator_has_what_was_not_delivered_sent_again(look: Look) -> None:
    host = f"{look.language}.example.org"
    added = look.site.door.post("platform", "/webhooks", {"url": f"https://{host}/again"}).json()
    look.site.database.change(
        "INSERT INTO webhook_deliveries (delivery_id, webhook_id, state, attempts, created_at_ms, next_at_ms, body)"
        " VALUES (:delivery, :hook, 'FAILED', 9, :at, 0, :body)",
        delivery=f"d-{look.language}",
        hook=added["webhook_id"],
        at=now_ms(),
        body=b"{}",
    )
    zhao = look.by("zhao", "/webhooks")
    row = zhao.page.locator("section", has_text=f"{host}/again").locator("tbody tr")
    expect(row).to_contain_text(look.words("deliveries", "FAILED"))
    row.get_by_role("button", name=look.words("webhooks", "replay")).click()

    expect(row).to_contain_text(look.words("deliveries", "WAITING"))
    zhao.is_content()


def test_a_merchant_objects_to_what_a_machine_cleared(look: Look) -> None:
    request = f"rr-cleared-{look.language}"
    look.site.database.decide(suspecting(), some_evidence(request), now_ms=now_ms())
    shop = look.by("shop", "/desk")
    shop.page.fill("input[name=request_id]", request)
    shop.page.keyboard.press("Enter")
    shop.page.wait_for_url(f"**/desk/requests/{request}")
    shop.is_content()
    shop.page.fill("textarea[name=text]", "发货时完好 whole <b>")
    shop.presses("request", "send")
    shop.page.wait_for_url("**/cases/*?sent=objection")

    expect(shop.page.locator("blockquote")).to_contain_text("发货时完好 whole <b>")
    shop.is_content()
