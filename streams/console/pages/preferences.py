"""How a person likes the pages: language, colours, shortcuts, time zone. The browser tells it, in cookies."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import TIMEDELTA_UNITS, format_date, format_skeleton, format_timedelta, get_datetime_format
from babel.numbers import format_currency, format_decimal, format_percent
from starlette.requests import Request

from schemas.records import ReasonText
from streams.wording.money import decimals_of
from streams.wording.problems import on_a_page
from streams.wording.tables import Language, Wording, texts

LANGUAGE, THEME, ZONE, SHORTCUTS = "sentinel_language", "sentinel_theme", "sentinel_zone", "sentinel_shortcuts"
COOKIES = {"language": LANGUAGE, "theme": THEME, "shortcuts": SHORTCUTS}
"""What people choose, and the cookies that tell it."""
THEMES = ("system", "light", "dark")
_UNITS: tuple[tuple[Literal["year", "day", "hour", "minute", "second"], int], ...] = (
    ("year", 2 * 365 * 86_400),
    ("day", 2 * 86_400),
    ("hour", 2 * 3_600),
    ("minute", 60),
    ("second", 0),
)
"""In which unit a time is told, and from how many seconds on; one hour is told in minutes, and a day in hours."""
_LOCALES: dict[Language, Locale] = {"zh": Locale.parse("zh_CN"), "en": Locale("en")}


@dataclass(frozen=True, slots=True)
class DisplayPreferences:
    """How a page is written for one person."""

    language: Language
    theme: str = "system"
    zone: tzinfo = UTC
    shortcuts: str = "on"

    def of(self, wording: Wording) -> str:
        """Return a text in the person's language."""
        return wording.of(self.language)

    def of_text(self, text: ReasonText) -> str:
        """Return a text of a record, as of a decision, in the person's language."""
        return text.zh if self.language == "zh" else text.en

    def say(self, part: str, name: str, **values: object) -> str:
        """Return a text of ``pages.yaml``."""
        return texts(f"pages/{part}")[name].filled(**values).of(self.language)

    def count(self, part: str, name: str, number: int) -> str:
        """Return the text of ``pages.yaml`` for a number of things: ``{name}_one`` or ``{name}_other``."""
        return self.words(part, name, number, number=self.number(number))

    def words(self, part: str, name: str, of: int, **values: object) -> str:
        """Return the text for ``of`` things as :meth:`count` does, filled with ``values`` instead of the number."""
        return self.say(part, f"{name}_{_LOCALES[self.language].plural_form(of)}", **values)

    def problem(self, english: str, here: str = "") -> tuple[str, str]:
        """Return what is wrong as the page at ``here`` says it, after the language: the person's where it has words."""
        said = on_a_page(english, self.language, here)
        return ("zh-CN" if said and self.language == "zh" else "en", said or english)

    def moment(self, at_ms: int) -> str:
        """Return a time (Unix milliseconds) to the minute as the person reads it, in their browser's zone."""
        locale, at = _LOCALES[self.language], datetime.fromtimestamp(at_ms / 1_000, self.zone)
        both = str(get_datetime_format("medium", locale)).replace("'", "")
        return both.replace("{1}", format_date(at, "medium", locale)).replace("{0}", self.clock(at_ms))

    def span(self, from_ms: int, to_ms: int) -> str:
        """Return how far ``to_ms`` is from ``from_ms``, as ``in 3 hours`` or ``3 hours ago``."""
        return self._told((to_ms - from_ms) / 1_000, directed=True)

    def day(self, at_ms: int) -> str:
        """Return a day without its year, in the zone of the person's browser."""
        at = datetime.fromtimestamp(at_ms / 1_000, self.zone)
        return format_skeleton("MMMd", at, locale=_LOCALES[self.language])

    def clock(self, at_ms: int) -> str:
        """Return the time of day, in the zone of the person's browser."""
        return datetime.fromtimestamp(at_ms / 1_000, self.zone).strftime("%H:%M")

    def duration(self, seconds: float) -> str:
        """Return a duration in one unit, as ``3 hours``."""
        return self._told(seconds)

    def _told(self, seconds: float, *, directed: bool = False) -> str:
        whole = (
            -1 if directed and -1 < seconds <= 0 else int(seconds)
        )  # what is not over yet does not count: a deadline is never later than it is said to be
        unit = next(unit for unit, from_s in _UNITS if abs(whole) >= from_s)
        per_unit = int(dict(TIMEDELTA_UNITS)[unit])
        whole -= int(math.fmod(whole, per_unit))
        return format_timedelta(
            whole, unit, threshold=float("inf"), add_direction=directed, locale=_LOCALES[self.language]
        )

    def money(self, minor: int, currency: str) -> str:
        """Return an amount, given in the currency's smallest unit, as the person writes it."""
        whole = Decimal(minor).scaleb(-decimals_of(currency))
        return format_currency(whole, currency, locale=_LOCALES[self.language])

    def number(self, value: float) -> str:
        """Return a number as the person writes it."""
        return format_decimal(value, locale=_LOCALES[self.language])

    def share(self, value: float) -> str:
        """Return a share from 0 to 1 as percent, with one decimal."""
        return format_percent(value, "#,##0.#%", locale=_LOCALES[self.language])


def prepare() -> None:
    """Read time zones, texts and formats of both languages, which the first visitors would wait for else."""
    _zones()
    for language in _LOCALES:
        says = DisplayPreferences(language)
        for write in (says.moment, says.day, says.number, says.share, says.duration):
            write(0)
        says.money(0, "CNY")
        says.problem("")


def preferences_of(request: Request) -> DisplayPreferences:
    """Return how the caller likes the pages; without their word, the language that their browser asks for."""
    language = request.cookies.get(LANGUAGE, "")
    theme = request.cookies.get(THEME, "")
    return DisplayPreferences(
        language=_language(language, request.headers.get("Accept-Language", "")),
        theme=theme if theme in THEMES else THEMES[0],
        zone=_zone(request.cookies.get(ZONE, "")),
        shortcuts="off" if request.cookies.get(SHORTCUTS) == "off" else "on",
    )


def _language(chosen: str, accepted: str) -> Language:
    if chosen == "zh" or (chosen != "en" and accepted.strip().lower().startswith("zh")):
        return "zh"
    return "en"


@lru_cache(maxsize=512)
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name) if name in _zones() else UTC


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
