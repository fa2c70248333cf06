"""The use cases that pages and API call, put together once by ``compose.py``."""

from collections.abc import Callable
from dataclasses import dataclass

from streams.access.accounts import Accounts
from streams.access.idempotency import Once
from streams.access.keys import Keys
from streams.access.sessions import Sessions
from streams.casework.assignments import Assignments
from streams.casework.files import CaseFiles
from streams.casework.hearings import Hearings
from streams.casework.pictures import CasePictures
from streams.casework.progress import Requests
from streams.casework.verdicts import Verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """All that can be done through the console. ``ready`` gives the reasons why it cannot answer now."""

    files: CaseFiles
    requests: Requests
    hearings: Hearings
    verdicts: Verdicts
    assignments: Assignments
    keys: Keys
    accounts: Accounts
    sessions: Sessions
    pictures: CasePictures
    once: Once
    ready: Callable[[], list[str]]
