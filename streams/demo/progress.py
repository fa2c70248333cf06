"""How far the demo has come: two bars at a terminal, a line now and then in a file."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from streams.demo.platform import Seen
from streams.wording.tables import Language, texts

LINE_EVERY = 50
"""Decisions between two lines of progress where there is no terminal."""


class Bar:
    """The progress of a day: how many requests were sent, how many decided and how; a line now and then in a file."""

    def __init__(self, to: Console, total: int, language: Language) -> None:
        self._to = to
        self._language = language
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
        self._submitted = self._progress.add_task(self._said("submitted"), total=total, said=self._said("photos_made"))
        self._decided = self._progress.add_task(self._said("decided"), total=total, said="")

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
        said = self._said("speed", clear=verdicts["CLEAR"], review=verdicts["REVIEW"], speed=f"{speed:.0f}")
        self._progress.update(self._submitted, completed=len(seen.sent))
        self._progress.update(self._decided, completed=len(seen.decisions), said=said)
        if not self._to.is_terminal and len(seen.decisions) >= self._told + LINE_EVERY:
            self._told = len(seen.decisions)
            self._to.print(self._said("so_far", sent=len(seen.sent), decided=self._told, speed=said))

    def _said(self, name: str, **values: object) -> str:
        return texts("demo/report")[name].filled(**values).of(self._language)
