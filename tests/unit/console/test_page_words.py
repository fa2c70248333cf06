"""Words of the pages: every name that a template uses is there, and each language writes in its own way."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from streams.console.pages.preferences import DisplayPreferences
from streams.console.pages.queue import chips
from streams.policy.reasons import reasons
from streams.wording.tables import Wording, table, texts

SAYS = re.compile(r"""say\(["'](\w+)["'],\s*["'](\w+)["']""")
COUNTS = re.compile(r"""(?:count|words)\(["'](\w+)["'],\s*["'](\w+)["']""")
CONSOLE = Path(__file__).parents[3] / "streams/console"
PAGES = table("pages", dict[str, dict[str, Wording]])
SOURCES = "\n".join(
    one.read_text(encoding="utf-8") for one in [*CONSOLE.rglob("*.html"), *CONSOLE.joinpath("pages").glob("*.py")]
)


def test_every_text_that_a_page_names_is_there() -> None:
    said = set(SAYS.findall(SOURCES))
    counted = {(part, f"{name}_{form}") for part, name in COUNTS.findall(SOURCES) for form in ("one", "other")}
    assert {one for one in said | counted if one[1] not in PAGES.get(one[0], {})} == set()


def test_every_reason_has_words_for_lists_its_own_or_those_of_its_criterion() -> None:
    assert texts("pages/reasons").keys() <= reasons().reasons.keys()
    assert "" not in chips(list(reasons().reasons), DisplayPreferences("zh"))
    assert chips(["KNOWN_FORGERY", "FROM_A_LATER_VERSION"], DisplayPreferences("en")) == [
        "known forgery",
        "FROM_A_LATER_VERSION",
    ]


def test_plurals_times_and_money_are_written_as_each_language_does() -> None:
    zh, en = DisplayPreferences("zh"), DisplayPreferences("en")
    assert en.span(0, 2 * 3_600_000) == "in 2 hours"
    assert zh.span(2 * 3_600_000, 0) == "2小时前"
    assert zh.money(12_900, "CNY") == "¥129.00"
    assert en.money(129, "JPY") == "¥129"
    assert en.money(1_234_567, "KWD") == "KWD\u00a01,234.567".replace("\u00a0", "")
    assert en.share(0.1234) == "12.3%"


@given(st.integers(0, 2 * 365 * 86_400 - 1))
def test_a_time_is_told_in_one_unit_whichever_page_tells_it_and_never_as_more_than_it_is(seconds: int) -> None:
    en = DisplayPreferences("en")
    number, unit = en.duration(seconds).split()
    length = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}[unit.removesuffix("s")]

    assert 0 <= seconds - int(number.replace(",", "")) * length < length
    assert unit.startswith("second") == (seconds < 60)
    assert seconds == 0 or en.span(0, 1_000 * seconds) == f"in {en.duration(seconds)}"
    assert en.span(1_000 * seconds, 0) == f"{en.duration(max(1, seconds))} ago"


def test_every_text_of_the_pages_is_said_somewhere() -> None:
    named = set(re.findall(r"""["']([\w-]+)["']""", SOURCES))
    whole = {
        "reasons",
        "rules",
        "templates",
        "roles",
        "deliveries",
        "origins",
        "trials",
        "policy_acts",
        "decisions",
        "trouble",
        "orders",
        "parties",
        "taken",
        "here",
        "reach",
        "reach_do",
    }
    unsaid = {
        f"{part}.{name}"
        for part, words in PAGES.items()
        for name in words
        if part not in whole and re.sub(r"_(one|other)$", "", name) not in named
    }
    assert unsaid == set(), "said by no page: delete it (parts that are named by a value of the domain are left out)"


def test_every_class_of_the_style_sheet_stands_on_a_page() -> None:
    style = re.sub(r"/\*.*?\*/", "", (CONSOLE / "static/console.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    selectors = " ".join(re.findall(r"[^{}]+(?=\{)", style))
    scripts = "\n".join(one.read_text(encoding="utf-8") for one in CONSOLE.joinpath("static").glob("*.js"))
    there = set(re.findall(r"[\w-]+", SOURCES + scripts))
    built = re.compile(r"p-\w+|s\d")  # kinds of highlighted text, quarters of the score

    unused = {
        one for one in re.findall(r"\.([a-zA-Z][\w-]*)", selectors) if one not in there and not built.fullmatch(one)
    }
    assert unused == set()
