"""What the demo prints: how it goes on; what was decided and why, in words; and whether all came out as expected."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from rich import box
from rich.console import Console, JustifyMethod
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from schemas.records import RefundDecided
from streams.demo.platform import Seen
from streams.demo.stories import AUDIT, STORIES, Story
from streams.demo.surroundings import Surroundings
from streams.errors import SentinelError
from streams.wording.folding import Folding

Language = Literal["zh", "en"]

EXAMPLES = 2
"""Decisions shown of each story."""
MISMATCHES = 20
LINE_EVERY = 50
"""Decisions between two lines of progress where there is no terminal."""
BOTH_COLUMNS = 150
"""A terminal this wide shows the Chinese words beside the English ones."""
NO_TERMINAL_COLUMNS = 160

_NARROW: tuple[tuple[int, JustifyMethod], ...] = ((10, "left"), (6, "left"), (3, "right"))
"""Widths of request, verdict and score; the words have the rest."""

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "decisions": "What was asked, and what was decided",
        "reasons": "Reasons given",
        "code": "code",
        "requests": "requests",
        "request": "request",
        "clear": "clear",
        "review": "review",
        "nothing": "nothing found: the platform's own rules may go on",
    },
    "zh": {
        "decisions": "申请与决定",
        "reasons": "理由统计",
        "code": "理由代码",
        "requests": "件申请",
        "request": "件申请",
        "clear": "件放行",
        "review": "件人工审核",
        "nothing": "未发现可疑之处，可按平台规则继续",
    },
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result in numbers; everything that did not come out as it should, in words; whether all was decided."""

    counts: dict[str, int | float]
    mismatches: tuple[str, ...]
    complete: bool


def console() -> Console:
    """Return what prints on standard output, in long lines where it is no terminal."""
    width = None if sys.stdout.isatty() else NO_TERMINAL_COLUMNS
    return Console(width=width, highlight=False, emoji=False, markup=False)


class Bar:
    """The progress of a day: how many requests were sent, how many decided and how; a line now and then in a file."""

    def __init__(self, to: Console, total: int) -> None:
        self._to = to
        self._told = 0
        self._progress = Progress(
            TextColumn("{task.description:9}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[said]}"),
            console=to,
            disable=not to.is_terminal,
        )
        self._submitted = self._progress.add_task("submitted", total=total, said="photos are made as they are needed")
        self._decided = self._progress.add_task("decided", total=total, said="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def tell(self, seen: Seen) -> None:
        """Show how far it has come."""
        verdicts = seen.verdicts
        speed = self._progress.tasks[self._decided].speed or 0
        said = f"{verdicts['CLEAR']} clear, {verdicts['REVIEW']} review, {speed:.0f} a second"
        self._progress.update(
            self._submitted, completed=len(seen.sent), said="the darkroom makes photos as they are needed"
        )
        self._progress.update(self._decided, completed=len(seen.decisions), said=said)
        if not self._to.is_terminal and len(seen.decisions) >= self._told + LINE_EVERY:
            self._told = len(seen.decisions)
            self._to.print(f"{len(seen.sent)} submitted, {self._told} decided: {said}")


def outcome(seen: Seen, cases: int, poison: int, seconds: float) -> Outcome:
    """Return what came out, held against what each story leads to."""
    decided = len(set(seen.sent) & set(seen.decisions))
    verdicts = seen.verdicts
    counts = {
        "submitted": len(seen.sent),
        "decided": decided,
        "clear": verdicts["CLEAR"],
        "review": verdicts["REVIEW"],
        "cases": cases,
        "seconds": round(seconds, 1),
    }
    return Outcome(counts, tuple(_mismatches(seen, cases, poison)), complete=decided == len(seen.sent))


def _mismatches(seen: Seen, cases: int, poison: int) -> Iterator[str]:
    for found, asked in seen.sent.items():
        decision = seen.decisions.get(found)
        if decision is None:
            yield f"{asked.request.request_id} ({asked.story.en}) was not decided"
        elif not asked.story.came_out(decision.verdict, _codes(decision)):
            codes = ", ".join(sorted(_codes(decision))) or "no reason"
            wanted = " or ".join(sorted(asked.story.codes)) or "no reason"
            yield (
                f"{decision.request_id} ({asked.story.en}): {decision.verdict} with {codes}; "
                f"expected was {asked.story.verdict} with {wanted}"
            )
    for request_id, same in _asked_twice(seen):
        if not same:
            yield f"{request_id} was asked twice and answered in different bytes"
    if cases != seen.verdicts["REVIEW"]:
        yield f"there are {cases} cases for {seen.verdicts['REVIEW']} reviews"
    if seen.dead_letters != poison:
        yield f"there are {seen.dead_letters} dead letters for {poison} unreadable messages"


def _asked_twice(seen: Seen) -> Iterator[tuple[str, bool]]:
    for found in seen.asked_twice:
        yield found[0], len(set(seen.answers.get(found, []))) == 1


def show_decisions(to: Console, seen: Seen, language: Language) -> None:
    """Print each story with its counts, and examples of it with the reasons in words."""
    to.print()
    to.print(Rule(_WORDS[language]["decisions"], align="left"))
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
    words = _WORDS[language]
    verdicts = Counter(str(decision.verdict) for decision in decisions)
    parts = [f"{len(decisions)} {words['requests' if len(decisions) > 1 else 'request']}"]
    parts += [f"{verdicts[name]} {words[name.lower()]}" for name in ("CLEAR", "REVIEW") if verdicts[name]]
    named = story.zh if language == "zh" else story.en[0].upper() + story.en[1:]
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
        return _WORDS[language]["nothing"]
    return "\n".join(reason.text.zh if language == "zh" else reason.text.en for reason in decision.reasons)


def show_summary(to: Console, seen: Seen, poison: int, language: Language) -> None:
    """Print how often each reason was given, and what became of repeats and of rubbish."""
    words = _WORDS[language]
    counted = Counter(code for decision in seen.decisions.values() for code in _codes(decision))
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.add_column(words["code"])
    table.add_column(words["requests"], justify="right")
    for code, times in counted.most_common():
        table.add_row(code, str(times))
    to.print()
    to.print(Rule(words["reasons"], align="left"))
    to.print(table)
    for request_id, same in _asked_twice(seen):
        to.print(f"{request_id} was sent twice: {'the same bytes came back' if same else 'OTHER BYTES CAME BACK'}")
    to.print(f"{poison} messages were no JSON: {seen.dead_letters} dead letters, and everything else went on")
    to.print(f"{AUDIT}: a fixed share of what would be clear goes to a person, to learn what is missed")


def show_mismatches(to: Console, mismatches: Iterable[str]) -> None:
    """Print whether everything came out as each story leads one to expect."""
    found = list(mismatches)
    to.print()
    if not found:
        to.print(Text("Every request came out as its story leads one to expect.", "green"))
        return
    to.print(Text(f"{len(found)} did not come out as expected:", "red"))
    for line in found[:MISMATCHES]:
        to.print(f"  {line}", soft_wrap=True)
    if len(found) > MISMATCHES:
        to.print(f"  and {len(found) - MISMATCHES} more")


def show_trouble(to: Console, exc: SentinelError) -> None:
    """Print what kept the demo from coming to its end."""
    to.print(Text(f"The demo did not come to its end: {exc}", "red"), soft_wrap=True)


def show_ways_on(to: Console, around: Surroundings, seen: Seen, *, stays: bool) -> None:
    """Print where to look next."""
    commands = ["case list --limit 20"]
    if seen.verdicts["REVIEW"]:
        commands.append(f"case show {max(seen.decisions.values(), key=lambda decision: decision.score).case_id}")
    to.print()
    if stays:
        to.print(Text("It is all still up. Look further in another terminal:", "bold"))
        for name, address in around.addresses().items():
            to.print(f"  {name:7} {address}/metrics   {address}/ready")
        commands += ["dlq list", "settings"]
    else:
        to.print(Text("The database and the photos stay for a look:", "bold"))
    to.print(f"  source {around.folder / 'env'}", soft_wrap=True)
    for command in commands:
        to.print(f"  .venv/bin/refund-sentinel {command}", soft_wrap=True)
    to.print(
        f"  {around.folder / 'media'} has the photos, {around.folder / 'workers.log'} what the workers said",
        soft_wrap=True,
    )


def _codes(decision: RefundDecided) -> set[str]:
    return {reason.code for reason in decision.reasons}
