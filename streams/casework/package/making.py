"""A package of a case, made into a file that is gone once it is closed."""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO

from streams.cases.acts import AuditAct
from streams.cases.case import CaseFile
from streams.casework.package.contents import Asked, Made
from streams.casework.package.export import Exporter
from streams.casework.package.pdf import a_font
from streams.casework.package.ports import Audience

IN_MEMORY_BYTES = 32_000_000
"""A package that is larger is made on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """Makes packages of cases."""

    exporter: Exporter
    version: str
    roots: bytes | None

    def make(self, found: CaseFile, audience: Audience, act: AuditAct, *, with_pdf: bool) -> tuple[Made, IO[bytes]]:
        """Return what was made of the case as it may be shown, and the file at its start; whoever gets it closes it.

        Raises as :meth:`streams.casework.package.export.Exporter.export` does.
        """
        font = a_font() if with_pdf else None
        asked = Asked(
            found=found, audience=audience, version=self.version, font=font, roots=self.roots, with_pdf=with_pdf
        )
        with ExitStack() as unfinished:
            to = unfinished.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES))
            made = self.exporter.export(asked, to, act.by, act.at_ms)
            to.seek(0)
            unfinished.pop_all()  # whoever gets it closes it
        return made, to
