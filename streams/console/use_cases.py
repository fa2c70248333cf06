"""The use cases that pages and API call, put together once by ``compose.py``."""

from collections.abc import Callable
from dataclasses import dataclass

from streams.access.accounts import Accounts
from streams.access.idempotency import Once
from streams.access.keys import Keys
from streams.access.openid import OpenIdSignIn
from streams.access.preferences import PreferenceRecords
from streams.access.sessions import Sessions
from streams.casework.changes import Changes
from streams.casework.files import CaseFiles
from streams.casework.package.making import Packages
from streams.casework.parties.hearings import Hearings
from streams.casework.parties.human_review import HumanReviews
from streams.casework.parties.progress import Requests
from streams.casework.parties.uploads import Uploads
from streams.casework.photos.photo_search import PhotoSearch
from streams.casework.photos.photo_views import PhotoViews
from streams.casework.photos.pictures import CasePictures
from streams.casework.quality.figures import Figures
from streams.casework.quality.golden import GoldenCases
from streams.casework.record.audit_book import AuditBook
from streams.casework.reviewing.assignments import Assignments
from streams.casework.reviewing.drafts import Drafts
from streams.casework.reviewing.recommendations import Recommendations
from streams.casework.reviewing.verdicts import Verdicts
from streams.judgement.versions import Versions
from streams.webhooks.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """Every use case of the console.

    ``ready`` gives the reasons why it cannot answer now. An upload has ``photo_bytes`` or ``video_bytes`` at most.
    ``openid`` None: nobody signs in by a provider. ``console_url`` is where browsers find these pages, where set.
    ``score_hidden``: a reviewer sees the machine's score of a case only once they open it. ``uploads_away`` says why no
    upload could be kept when ``ask_uploads`` asked last.
    """

    files: CaseFiles
    requests: Requests
    hearings: Hearings
    human_reviews: HumanReviews
    verdicts: Verdicts
    recommendations: Recommendations
    assignments: Assignments
    drafts: Drafts
    golden: GoldenCases
    uploads: Uploads
    photo_bytes: int
    video_bytes: int
    score_hidden: bool
    webhooks: Subscriptions
    keys: Keys
    accounts: Accounts
    sessions: Sessions
    preferences: PreferenceRecords
    openid: OpenIdSignIn | None
    local_accounts: bool
    console_url: str | None
    pictures: CasePictures
    photo_views: PhotoViews
    packages: Packages
    policies: Versions
    figures: Figures
    photo_search: PhotoSearch
    audit: AuditBook
    changes: Changes
    once: Once
    ready: Callable[[], list[str]]
    ask_uploads: Callable[[], None]
    uploads_away: Callable[[], list[str]]
