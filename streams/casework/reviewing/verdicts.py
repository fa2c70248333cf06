"""A reviewer's verdict on a case: the refund is paid or not, photos are forged, or more evidence is needed."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from types import MappingProxyType

from streams.cases.acts import AuditAct
from streams.cases.asked import Asked
from streams.cases.case import Case
from streams.cases.looks import Given, VerdictName
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.reviewing.review import FORGERY_CONFIRMED, require_version
from streams.casework.ports import CaseDatabase, CaseWork
from streams.casework.quality.golden_work import case_of
from streams.casework.reviewing.rulings import Ruled, Rulings, TouchesOthers

_NO_FIELDS: Mapping[str, str] = MappingProxyType({})


class Verdicts:
    """Gives reviewers' verdicts."""

    def __init__(self, database: CaseDatabase, procedure: Procedure = DEFAULT) -> None:
        """``procedure`` says how long a verdict may be appealed, what it needs, and how many need a second look."""
        self._database = database
        self._rulings = Rulings(procedure)

    def decide(  # noqa: PLR0913 - what a verdict may have
        self,
        name: str,
        act: AuditAct,
        given: VerdictName,
        rule: str,
        *,
        photos: Collection[str] = (),
        asked: Collection[Asked] = (),
        fields: Mapping[str, str] = _NO_FIELDS,
        version: int | None = None,
        heard: bool = False,
        senior: bool = False,
    ) -> Case:
        """Return the case after the verdict of ``act.by``; see :meth:`give`, and :class:`streams.cases.looks.Given`."""
        verdict = Given(verdict=given, rule=rule, photos=tuple(photos), asked=tuple(asked), fields=dict(fields))
        return self.give(name, act, verdict, version=version, heard=heard, senior=senior).case

    def give(  # noqa: PLR0913 - what a verdict may have
        self,
        name: str,
        act: AuditAct,
        given: Given,
        *,
        version: int | None = None,
        heard: bool = False,
        senior: bool = False,
        picks: bool = True,
    ) -> Ruled:
        """Return what the verdict ``given`` by ``act.by`` does; see :meth:`Rulings.give`.

        ``name`` is the case's id or its request's, ``version`` the one that was read. ``heard`` says that whoever the
        case waits for answered elsewhere, ``senior`` that ``act.by`` is a senior, ``picks`` that they may take a case
        that is in nobody's hands. Raises what that and :func:`streams.cases.reviewing.review.require_version` raise.
        """
        if given.verdict != FORGERY_CONFIRMED:
            # Nobody else waits for it while it touches no cluster; of few it is known only once they are read.
            with suppress(TouchesOthers), self._database.changing_cases() as work:
                case = _read(work, name, act, version)
                return self._rulings.give(work, case, act, given, heard=heard, senior=senior, picks=picks)
        with self._database.changing_clusters() as around:
            case = _read(around, name, act, version)
            return self._rulings.give(around, case, act, given, heard=heard, senior=senior, picks=picks, around=around)


def _read(work: CaseWork, name: str, act: AuditAct, version: int | None) -> Case:
    case = case_of(work, name, act)
    require_version(case, version)
    return case
