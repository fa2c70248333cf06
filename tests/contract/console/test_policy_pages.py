"""Policies on the pages: an author proposes, another person activates, and everything can be held."""

from tests.contract.console.browser import Browser
from tests.contract.console.door import Door
from tests.contract.judging import A_POLICY

DRAFT = A_POLICY.format(name="draft") + "# <script>alert(1)</script>\n"


def proposed(author: Browser) -> str:
    done = author.send("/policies", "/policies", policy=DRAFT)
    assert done.status_code == 303, done.text
    return done.headers["Location"].removesuffix("?sent=policy")


def test_a_draft_is_shown_with_its_difference_and_judges_once_another_person_says_so(door: Door, case: str) -> None:
    assert case
    author = Browser(door).sign_in("ada", "policy-author", "policy-approver")
    approver = Browser(door).sign_in("bo", "policy-approver")
    where = proposed(author)

    text = approver.get(where).text
    assert "does not judge" in text
    assert 'class="line added"' in text
    assert "<script>alert" not in text
    assert where in approver.get("/policies").text, "drafts are found from the first page"
    own = author.send(where, f"{where}/activate", text="mine", force="yes")
    assert own.status_code == 403
    untried = approver.send(where, f"{where}/activate", text="looks right")
    done = approver.send(where, f"{where}/activate", text="<b>urgent</b>", force="yes")

    assert untried.status_code in {303, 403}
    assert done.status_code == 303
    page = approver.get("/policies").text
    assert "draft" in page
    assert "judges now" in page
    assert "&lt;b&gt;urgent&lt;/b&gt;" in page or untried.status_code == 303


USELESS = "not_eligible: [{categories: [toys], until: '2026-01-01'}]\n"


def test_what_is_of_no_use_in_a_policy_is_shown_in_the_readers_language(door: Door, case: str) -> None:
    assert case
    author = Browser(door).sign_in("ada", "policy-author")
    done = author.send("/policies", "/policies", policy=DRAFT + USELESS)
    where = done.headers["Location"]

    assert "this entry of not_eligible holds no longer since 2026-01-01" in author.get(where).text
    author.client.cookies["sentinel_language"] = "zh"
    assert "not_eligible 此项自 2026-01-01 起已不再生效" in author.get(where).text
    assert "not_eligible 此项" not in author.get("/policies").text


def test_a_text_that_could_not_judge_is_refused_and_shown_again(door: Door, case: str) -> None:
    assert case
    author = Browser(door).sign_in("ada", "policy-author")

    for text in ("rules: [", "name: x\nrules: <b>no</b>\n", "x" * 40_001):
        refused = author.send("/policies", "/policies", policy=text)
        assert refused.status_code == 422
        assert text[:12].replace("<", "&lt;") in refused.text


def test_everything_is_held_and_rolled_back(door: Door, case: str) -> None:
    assert case
    approver = Browser(door).sign_in("bo", "policy-approver")

    assert approver.send("/policies", "/policies/hold", text="an attack").status_code == 303
    held = approver.get("/policies").text
    assert "clearing is on hold" in held
    sha256 = door.uses.policies.history(1)[0].policy_sha256
    author = Browser(door).sign_in("ada", "policy-author")
    assert author.send("/policies", f"/policies/{sha256}/rollback", text="x").status_code == 403
    approver.send("/policies", f"/policies/{sha256}/rollback", text="over")

    assert "an attack" in approver.get("/policies").text


def test_a_policy_judges_from_the_time_that_an_approver_names_in_their_own_zone(door: Door, case: str) -> None:
    assert case
    where = proposed(Browser(door).sign_in("ada", "policy-author"))
    approver = Browser(door).sign_in("bo", "policy-approver")
    approver.client.cookies["sentinel_zone"] = "Asia/Shanghai"
    given = {"text": "from the new year on", "force": "yes"}

    for wrong in ("2001-01-01T00:00", "soon"):
        assert approver.send(where, f"{where}/activate", **given, **{"from": wrong}).status_code == 422
    done = approver.send(where, f"{where}/activate", **given, **{"from": "2199-01-01T00:00"})

    assert done.status_code == 303
    assert "does not judge" in approver.get(where).text
    assert "judges from 1 Jan 2199" in approver.get(where).text or "Jan 1, 2199" in approver.get(where).text
    assert door.uses.policies.history(1)[0].effective_from_ms == 7_226_553_600_000
