"""The variables that say what a person did before this request, and what is known of the merchant."""

from collections.abc import Callable, Iterator

from streams.history.alike import HOURS, Alike
from streams.history.merchants import MerchantWindow
from streams.history.windows import WINDOWS_DAYS, InWindow
from streams.policy.facts import RequestSubject
from streams.policy.variable import MINOR, RATE, CelType, Got, Variable, of_whole
from streams.wording import causes
from streams.wording.cause import Cause

_DAY = 24


def _windows() -> tuple[Variable, ...]:
    return tuple(variable for position in range(len(WINDOWS_DAYS)) for variable in _window(position))


def _window(position: int) -> Iterator[Variable]:
    days = WINDOWS_DAYS[position]

    def of_window(name: str, kind: CelType, unit: str, get: Callable[[InWindow], Got]) -> Variable:
        return of_whole(f"history.{name}_{days}d", kind, unit, lambda s: get(s.whole.history.windows[position]))

    yield of_window("claims", "int", "claims", lambda w: w.claims)
    yield of_window("sum_minor", "int", MINOR, lambda w: w.sum_minor)
    yield of_window("confirmed_forgeries", "int", "forgeries", lambda w: w.forgeries)
    yield of_window("refund_only_share", "double", "share of claims", lambda w: w.refund_only_share)
    yield of_window("shared_photos", "int", "claims", lambda w: w.shared_photo)
    yield of_window("merchants", "int", "merchants", lambda w: w.merchants)
    yield of_window("categories", "int", "categories", lambda w: w.categories)
    yield of_window("granted", "int", "verdicts", lambda w: w.granted)
    yield of_window("refused", "int", "verdicts", lambda w: w.refused)
    yield of_window("overturned", "int", "verdicts", lambda w: w.overturned)


def _merchant_windows() -> tuple[Variable, ...]:
    return tuple(variable for position in range(len(WINDOWS_DAYS)) for variable in _merchant_window(position))


def _merchant_window(position: int) -> Iterator[Variable]:
    days = WINDOWS_DAYS[position]

    def of_window(name: str, kind: CelType, unit: str, get: Callable[[MerchantWindow], Got], absent: Cause) -> Variable:
        def got(subject: RequestSubject) -> Got:
            record = subject.whole.merchant
            return None if record is None else get(record.windows[position])

        return of_whole(f"merchant.{name}_{days}d", kind, unit, got, absent)

    no_record = causes.MERCHANT_NOT_COUNTED
    yield of_window("claims_against", "int", "claims", lambda w: w.claims, no_record)
    yield of_window("younger_references", "int", "claims", lambda w: w.younger_references, no_record)
    yield of_window("objections", "int", "objections", lambda w: w.objections, no_record)
    yield of_window("objections_decided", "int", "objections", lambda w: w.decided, no_record)
    yield of_window("objections_overturned", "int", "objections", lambda w: w.overturned, no_record)
    yield of_window("overturn_rate", "double", "share of objections", lambda w: w.overturn_rate, causes.NO_OBJECTION)


def _alike() -> Iterator[Variable]:
    for position, hours in enumerate(HOURS):
        yield from _alike_window(position, f"{hours}h" if hours < _DAY else f"{hours // _DAY}d")
    yield _of_alike("like_claims_capped", "bool", "", lambda a: a.capped)


def _alike_window(position: int, short: str) -> Iterator[Variable]:
    yield _of_alike(f"like_claims_{short}", "int", "claims", lambda a: a.windows[position].claims)
    yield _of_alike(f"like_persons_{short}", "int", "persons", lambda a: a.windows[position].persons)


def _of_alike(name: str, kind: CelType, unit: str, get: Callable[[Alike], Got]) -> Variable:
    def got(subject: RequestSubject) -> Got:
        return None if subject.whole.alike is None else get(subject.whole.alike)

    return of_whole(f"cluster.{name}", kind, unit, got, causes.ALIKE_NOT_COUNTED)


def _merchant_capped(subject: RequestSubject) -> Got:
    record = subject.whole.merchant
    return None if record is None else record.capped


def _rate(subject: RequestSubject) -> Got:
    return subject.whole.history.claim_rate_30d.value


HISTORY: tuple[Variable, ...] = (
    *_windows(),
    of_whole("history.confirmed_forgeries", "int", "forgeries", lambda s: s.whole.history.forgeries),
    of_whole("history.claim_rate_30d", "double", RATE, _rate, causes.ORDERS_UNKNOWN_OR_NONE),
    of_whole(
        "history.days_since_first_claim",
        "int",
        "days",
        lambda s: s.whole.history.days_since_first,
        causes.NO_EARLIER_CLAIM,
    ),
    of_whole(
        "history.days_since_newest_claim",
        "int",
        "days",
        lambda s: s.whole.history.days_since_newest,
        causes.NO_EARLIER_CLAIM,
    ),
    of_whole("history.credit_signals", "int", "signals", lambda s: s.whole.history.credit_signals),
    of_whole("history.credit_weight", "double", "", lambda s: s.whole.history.credit_weight),
    *_merchant_windows(),
    of_whole("merchant.objections_capped", "bool", "", _merchant_capped, causes.MERCHANT_NOT_COUNTED),
    *_alike(),
    of_whole("history.claims_capped", "bool", "", lambda s: s.whole.history.claims_capped),
)
