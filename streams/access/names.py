"""Names of people, as they stand in the audit trail: none can be taken for the system's own, or for another one."""

import unicodedata

from streams.cases.acts import SYSTEM, same_person
from streams.errors import Invalid

NAME_AT_MOST = 128


def is_our_own(name: str) -> bool:
    """Return whether a name is the system's own, however it is written: what it did would be taken for the system's."""
    return same_person(name, SYSTEM)


def person_named(text: str, where: str) -> str:
    """Return the name of a person that was given at ``where``; raises :class:`Invalid` for what is none."""
    name = text.strip()
    if not 0 < len(name) <= NAME_AT_MOST or any(unicodedata.category(sign)[0] == "C" for sign in name):
        msg = f"{where}: give a name of at most {NAME_AT_MOST} characters, without signs that do not show"
        raise Invalid(msg)
    if ":" in unicodedata.normalize("NFKC", name) or is_our_own(name):
        msg = f"{where}: {SYSTEM!r} and names with a colon are this system's own: give the person's name or account"
        raise Invalid(msg)
    return name
