"""Main tasks of those who lead, write rules, audit and administer, in Chromium."""

from playwright.sync_api import Browser, expect

from streams.clock import now_ms
from tests.browser.browsing import IN_CHROMIUM, signed_in, watched
from tests.browser.site import Site
from tests.contract.judging import A_POLICY, some_evidence, suspecting

pytestmark = IN_CHROMIUM


def test_an_author_proposes_and_another_person_activates(site: Site, chromium: Browser) -> None:
    author = signed_in(chromium, site, "ada", "/policies")
    faults = watched(author)
    author.fill("textarea[name=policy]", A_POLICY.format(name="second <b>"))
    author.get_by_role("button", name="Propose a version").click()
    expect(author.get_by_text("does not judge")).to_be_visible()
    where = author.url.partition("?")[0]

    approver = signed_in(chromium, site, "bo", "/policies", language="zh-CN", java_script_enabled=False)
    approver.goto(where)
    expect(approver.locator(".diff .added").first).to_be_visible()
    approver.locator("form[action$='/activate'] input[name=text]").fill("已核对")
    approver.check("input[name=force]")
    approver.get_by_role("button", name="启用此版本").click()

    expect(approver.get_by_text("正在使用")).to_be_visible()
    assert faults == []


def test_an_admin_adds_a_person_and_takes_their_role_away_while_they_are_signed_in(
    site: Site, chromium: Browser
) -> None:
    admin = signed_in(chromium, site, "root", "/people")
    sun = signed_in(chromium, site, "sun", "/workload")
    expect(sun.get_by_role("heading", name="Workload")).to_be_visible()
    admin.locator("tr", has_text="sun").locator("summary").click()
    form = admin.locator("form[action='/people/sun/roles']")
    form.locator("input[value=senior]").uncheck()
    form.locator("input[value=reviewer]").check()
    form.get_by_role("button", name="Save roles").click()
    admin.wait_for_url("**/people")

    assert sun.goto(f"{site.address}/workload").status == 403  # type: ignore[union-attr]  # a page that was loaded
    admin.locator("form[action='/people'] input[name=name]").fill("new.person")
    admin.locator("form[action='/people'] input[value=auditor]").check()
    admin.get_by_role("button", name="Add a person").click()
    expect(admin.locator(".secret code")).to_be_visible()


def test_an_auditor_proves_the_trail_without_script(site: Site, chromium: Browser) -> None:
    auditor = signed_in(chromium, site, "wu", "/audit", java_script_enabled=False, language="zh-CN")
    auditor.get_by_role("button", name="验证全部记录").click()

    expect(auditor.get_by_role("status")).to_contain_text("记录完整")


def test_a_queue_that_is_looked_at_shows_what_changes_by_itself(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "sun", "/cases", language="zh-CN")
    faults = watched(page)
    opened = site.open_case("rr-live")
    expect(page.locator(f"a[href='/cases/{opened}']")).to_be_visible()

    reader = signed_in(chromium, site, "wu", "/cases")
    reader.goto(f"{site.address}/cases/{opened}")
    shop = signed_in(chromium, site, "shop", "/desk")
    shop.goto(f"{site.address}/cases/{opened}")
    shop.fill("textarea[name=text]", "sent whole")
    shop.click("form[action$='/statement'] button")
    expect(reader.get_by_text("This case has changed")).to_be_visible()
    assert faults == []


def test_an_admin_adds_an_address_and_a_key_and_is_shown_each_secret_once(site: Site, chromium: Browser) -> None:
    admin = signed_in(chromium, site, "root", "/webhooks", language="zh-CN")
    faults = watched(admin)
    admin.fill("form[action='/webhooks'] input[name=url]", "https://hooks.example.org/refunds")
    admin.locator("form[action='/webhooks'] button.primary").click()
    expect(admin.locator(".secret code")).to_contain_text("whsec_")
    admin.goto(f"{site.address}/webhooks")
    expect(admin.get_by_text("hooks.example.org")).to_be_visible()
    expect(admin.get_by_text("whsec_")).to_have_count(0)
    assert faults == []


def test_whoever_switches_one_key_shortcuts_off_types_in_peace(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "sun", "/settings")
    page.keyboard.press("q")
    page.wait_for_url("**/cases")
    page.goto(f"{site.address}/settings")
    page.check("input[name=shortcuts][value=off]")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.keyboard.press("?")
    page.keyboard.press("q")

    expect(page.locator("#keys")).to_be_hidden()
    assert page.url.endswith("/settings?saved=true")


def test_a_merchant_objects_to_what_a_machine_cleared(site: Site, chromium: Browser) -> None:
    site.database.decide(suspecting(), some_evidence("rr-cleared"), now_ms=now_ms())
    shop = signed_in(chromium, site, "shop", "/desk", language="zh-CN")
    faults = watched(shop)
    shop.fill("input[name=request_id]", "rr-cleared")
    shop.keyboard.press("Enter")
    shop.wait_for_url("**/desk/requests/rr-cleared")
    shop.fill("textarea[name=text]", "发货时完好 <b>")
    shop.get_by_role("button", name="提出异议").click()
    shop.wait_for_url("**/cases/*?sent=objection")

    expect(shop.locator("blockquote")).to_contain_text("发货时完好 <b>")
    assert faults == []


def test_an_admin_has_what_was_not_delivered_sent_again(site: Site, chromium: Browser) -> None:
    added = site.door.post("platform", "/webhooks", {"url": "https://hooks.example.org/again"}).json()
    site.database.change(
        "INSERT INTO webhook_deliveries (delivery_id, webhook_id, state, attempts, created_at_ms, next_at_ms, body)"
        " VALUES ('d-1', :hook, 'FAILED', 9, :at, 0, :body)",
        hook=added["webhook_id"],
        at=now_ms(),
        body=b"{}",
    )
    admin = signed_in(chromium, site, "root", "/webhooks", language="zh-CN")
    faults = watched(admin)
    row = admin.locator("section", has_text="hooks.example.org/again").locator("tbody tr")
    expect(row).to_contain_text("未送达")
    row.get_by_role("button", name="重新推送").click()

    expect(row).to_contain_text("待推送")
    assert faults == []
