"""Cases counted for whoever leads a desk."""

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, case, func, select

from schemas.units import DAY_MS, HOUR_MS
from streams.adapters.sql.cases.quality import begun_waiting
from streams.adapters.sql.engine import counting, reading
from streams.adapters.sql.tables import assignments, cases, claims, decisions, reviewers
from streams.cases.acts import by_person, person_of
from streams.cases.quality.figures import AtWork, Due, Money
from streams.cases.quality.quality import AGAINST_BUYER
from streams.cases.reviewing.capacity import GIVEN_BACK, HERE_MS, LATELY_MS
from streams.cases.states import ENDED, CaseState

_OPEN = sorted(state.value for state in set(CaseState) - ENDED)


class SqlFigures:
    """Fulfils :class:`streams.casework.quality.figures.FigureRecords`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def decided(self, since_ms: int, span: int) -> list[tuple[int, bool, int]]:
        """Return verdicts since then, by period."""
        place = ((cases.c.decided_at_ms - since_ms) // span).label("place")
        against = case((cases.c.verdict.in_(sorted(AGAINST_BUYER)), 1), else_=0).label("against")
        counted = select(place, against, func.count()).where(
            cases.c.verdict.is_not(None), cases.c.decided_at_ms >= since_ms
        )
        with counting(self._engine) as connection:
            rows = connection.execute(counted.group_by(place, against)).all()
        return [(int(row[0]), bool(row[1]), row[2]) for row in rows]

    def money(self, since_ms: int) -> list[Money]:
        """Return, by currency, the sums that wait now, and those cleared, granted and refused since then."""
        lately = and_(cases.c.verdict.is_not(None), cases.c.decided_at_ms >= since_ms)
        summed = {
            "held": _sum(cases).where(cases.c.state.in_(_OPEN)),
            "cleared": _cleared(since_ms),
            "granted": _sum(cases).where(lately, cases.c.verdict == "GRANT"),
            "refused": _sum(cases).where(lately, cases.c.verdict.in_(sorted(AGAINST_BUYER))),
        }
        found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(summed, 0))
        with counting(self._engine) as connection:
            for name, statement in summed.items():
                for currency, minor in connection.execute(statement):
                    found[currency][name] = int(minor)
        return [Money(currency=currency, **sums) for currency, sums in sorted(found.items())]

    def by_hour(self, since_ms: int) -> list[tuple[int, int, int]]:
        """Return for each hour since then, from 0, how many cases began to wait for a reviewer, how many were decided.

        Hours in which nothing happened are left out.
        """
        found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        waiting = begun_waiting(since_ms).subquery()
        decided = select(cases.c.decided_at_ms).where(cases.c.verdict.is_not(None), cases.c.decided_at_ms >= since_ms)
        with reading(self._engine) as connection:
            for kind, times in enumerate((waiting.c.ready_at_ms, decided.subquery().c.decided_at_ms)):
                hour = ((times - since_ms) // HOUR_MS).label("hour")
                for place, count in connection.execute(select(hour, func.count()).group_by(hour)):
                    found[int(place)][kind] = count
        return [(place, arrived, decided) for place, (arrived, decided) in sorted(found.items())]

    def due(self, at_ms: int) -> Due:
        """Return how many open cases are past their deadline, or near it, at ``at_ms``."""
        due = cases.c.due_at_ms
        part = case(
            (due.is_(None), "without"),
            (due < at_ms, "late"),
            (due < at_ms + 4 * HOUR_MS, "in_4_hours"),
            (due < at_ms + DAY_MS, "in_a_day"),
            else_="later",
        ).label("part")
        counted = select(part, func.count()).where(cases.c.state.in_(_OPEN)).group_by(part)
        with reading(self._engine) as connection:
            rows = {row[0]: row[1] for row in connection.execute(counted)}
        return Due(**dict.fromkeys(Due.__struct_fields__, 0) | rows)

    def at_work(self, at_ms: int) -> list[AtWork]:
        """Return who asked for a case lately, each person once, whoever was seen last first."""
        undecided = assignments.c.outcome.in_(sorted(GIVEN_BACK.values()))
        seen = select(reviewers.c.name, reviewers.c.seen_at_ms).where(reviewers.c.seen_at_ms > at_ms - HERE_MS)
        with reading(self._engine) as connection:
            found = by_person((row.name, row.seen_at_ms) for row in connection.execute(seen))
            held = _of_persons(connection, assignments.c.ended_at_ms.is_(None))
            back = _of_persons(connection, assignments.c.ended_at_ms > at_ms - LATELY_MS, undecided)
        people = (AtWork(name, max(at), held[person_of(name)], back[person_of(name)]) for name, at in found.items())
        return sorted(people, key=lambda one: (-one.seen_at_ms, one.name))


def _of_persons(connection: Connection, *which: ColumnElement[bool]) -> Counter[str]:
    """Return how many of these assignments each person has, under whichever of their names."""
    own = assignments.c.reviewer
    found: Counter[str] = Counter()
    for name, count in connection.execute(select(own, func.count()).where(*which).group_by(own)):
        found[person_of(name)] += count
    return found


def _sum(table: Any) -> Select[Any]:
    return select(table.c.currency, func.sum(table.c.amount_minor)).group_by(table.c.currency)


def _cleared(since_ms: int) -> Select[Any]:
    same = and_(claims.c.request_id == decisions.c.request_id, claims.c.request_digest == decisions.c.request_digest)
    return (
        _sum(claims)
        .select_from(decisions.join(claims, same))
        .where(decisions.c.verdict == "CLEAR", decisions.c.decided_at_ms >= since_ms)
    )
