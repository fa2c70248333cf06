"""What the demo prints of its day: what was decided and why, in words; and whether all came out as expected."""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from rich import box
from rich.console import Console, JustifyMethod
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from schemas.records import RefundDecided
from streams.demo.outcome import asked_twice, codes_of
from streams.demo.platform import Seen
from streams.demo.stack import Stack
from streams.demo.stories import AUDIT, STORIES, Story
from streams.errors import SentinelError
from streams.wording.folding import Folding
from streams.wording.tables import Language, Wording, texts

EXAMPLES = 2
"""Decisions shown of each story."""
MISMATCHES = 20
BOTH_COLUMNS = 150
"""A terminal this wide shows the Chinese words beside the English ones."""
NO_TERMINAL_COLUMNS = 160

_NARROW: tuple[tuple[int, JustifyMethod], ...] = ((10, "left"), (6, "left"), (3, "right"))
"""Widths of request, verdict and score; the words have the rest."""


def console() -> Console:
    """Return what prints on standard output, in long lines where it is no terminal."""
    width = None if sys.stdout.isatty() else NO_TERMINAL_COLUMNS
    return Console(width=width, highlight=False, emoji=False, markup=False)


def show_decisions(to: Console, seen: Seen, language: Language) -> None:
    """Print each story with its counts, and examples of it with the reasons in words."""
    to.print()
    to.print(Rule(_said(language, "decisions"), align="left"))
    languages: tuple[Language, ...] = ("en", "zh") if language == "en" and to.width >= BOTH_COLUMNS else (language,)
    for story in STORIES:
        decisions = [
            seen.decisions[one] for one, asked in seen.sent.items() if asked.story is story and one in seen.decisions
        ]
        if decisions:
            to.print()
            to.print(_headline(story, decisions, language))
            to.print(_examples(to, decisions, languages))


def _headline(story: Story, decisions: list[RefundDecided], language: Language) -> Text:
    verdicts = Counter(str(decision.verdict) for decision in decisions)
    parts = [f"{len(decisions)} {_said(language, 'requests' if len(decisions) > 1 else 'request')}"]
    parts += [f"{verdicts[name]} {_said(language, name.lower())}" for name in ("CLEAR", "REVIEW") if verdicts[name]]
    named = story.words.of(language)
    named = named[0].upper() + named[1:]
    return Text.assemble((named, "bold"), ("   " + ", ".join(parts), "dim"))


def _examples(to: Console, decisions: list[RefundDecided], languages: tuple[Language, ...]) -> Table:
    # What people look at comes first: of honest claims, one that the random audit took.
    picked = sorted(decisions, key=lambda decision: decision.verdict == "CLEAR")[:EXAMPLES]
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    for width, justify in _NARROW:
        table.add_column(width=width, no_wrap=True, justify=justify)
    room = to.width - sum(width + 2 for width, _ in _NARROW) - 2 * len(languages)
    widths = (room,) if len(languages) == 1 else (round(room * 0.58), room - round(room * 0.58))
    for width in widths:
        table.add_column(width=width)
    for decision in picked:
        style = "green" if decision.verdict == "CLEAR" else "yellow"
        words = [Folding(_why(decision, language)) for language in languages]
        table.add_row("  " + decision.request_id, Text(decision.verdict, style), str(decision.score), *words)
    return table


def _why(decision: RefundDecided, language: Language) -> str:
    """Return the reasons in words, one below the other."""
    if not decision.reasons:
        return _said(language, "nothing")
    return "\n".join(reason.text.zh if language == "zh" else reason.text.en for reason in decision.reasons)


def show_summary(to: Console, seen: Seen, poison: int, language: Language) -> None:
    """Print how often each reason was given, and what became of repeats and of rubbish."""
    counted = Counter(code for decision in seen.decisions.values() for code in codes_of(decision))
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.add_column(_said(language, "code"))
    table.add_column(_said(language, "requests"), justify="right")
    for code, times in counted.most_common():
        table.add_row(code, str(times))
    to.print()
    to.print(Rule(_said(language, "reasons"), align="left"))
    to.print(table)
    for request_id, same in asked_twice(seen):
        to.print(_said(language, "same_bytes" if same else "other_bytes", request=request_id))
    to.print(_said(language, "poison", poison=poison, letters=seen.dead_letters))
    to.print(_said(language, "audit", code=AUDIT))


def show_mismatches(to: Console, mismatches: Iterable[Wording], language: Language) -> None:
    """Print whether everything came out as each story leads one to expect."""
    found = list(mismatches)
    to.print()
    if not found:
        to.print(Text(_said(language, "all_as_expected"), "green"))
        return
    to.print(Text(_said(language, "not_as_expected", count=len(found)), "red"))
    for line in found[:MISMATCHES]:
        to.print(f"  {line.of(language)}", soft_wrap=True)
    if len(found) > MISMATCHES:
        to.print("  " + _said(language, "more", count=len(found) - MISMATCHES))


def show_trouble(to: Console, exc: SentinelError, language: Language) -> None:
    """Print what kept the demo from coming to its end."""
    to.print(Text(_said(language, "trouble", error=exc), "red"), soft_wrap=True)


def show_ways_on(to: Console, stack: Stack, seen: Seen, language: Language, *, stays: bool) -> None:
    """Print where to look next."""
    commands = ["case list --limit 20"]
    if seen.verdicts["REVIEW"]:
        commands.append(f"case show {max(seen.decisions.values(), key=lambda decision: decision.score).case_id}")
    to.print()
    to.print(Text(_said(language, "still_up" if stays else "stays"), "bold"))
    if stays:
        for name, address in stack.addresses().items():
            to.print(f"  {name:7} {address}/metrics   {address}/ready")
        bearer = f"Authorization: Bearer {stack.api_key}"
        to.print(f"  console {stack.console_address}   {_said(language, 'api')}", soft_wrap=True)
        to.print(f"  curl -H '{bearer}' {stack.console_address}/api/v1/cases?limit=3", soft_wrap=True)
        commands += ["dlq list", "settings"]
    else:
        commands.append("console")
    where, account = f"{stack.console_address}/sign-in", stack.account
    pages = "pages" if stays else "pages_again"
    said = _said(language, pages, address=where, account=account.name, password=account.password)
    to.print(f"  {said}", soft_wrap=True)
    to.print(f"  source {stack.folder / 'env'}", soft_wrap=True)
    for command in commands:
        to.print(f"  {_program()} {command}", soft_wrap=True)
    folders = _said(language, "folders", media=stack.folder / "media", log=stack.folder / "workers.log")
    to.print(f"  {folders}", soft_wrap=True)


def show_prometheus(to: Console, address: str, dashboards: Path, language: Language) -> None:
    """Print where Prometheus is, and the dashboards that Grafana can import."""
    to.print(f"  {_said(language, 'prometheus', address=address, dashboards=dashboards)}", soft_wrap=True)


def _program() -> str:
    """Return how this program was called, so that a command that is shown works as it stands."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "refund-sentinel" else "refund-sentinel"


def _said(language: Language, name: str, **values: object) -> str:
    return texts("demo/report")[name].filled(**values).of(language)
