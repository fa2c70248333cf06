"""Composition: the use cases of the console over the database that the settings name."""

from functools import partial

from sqlalchemy import Engine

from schemas.units import MINUTE_MS
from streams.access.accounts import Accounts
from streams.access.idempotency import Once
from streams.access.keys import Keys
from streams.access.openid import ClaimedRoles, OpenIdSignIn, claimed_scopes
from streams.access.sessions import Sessions
from streams.access.tokens import PartyTokens
from streams.adapters.kafka.earlier_photos import LoggedPhotos
from streams.adapters.openid import OpenIdProvider
from streams.adapters.photos.pictures import StoredPictures
from streams.adapters.sql.accounts import SqlAccounts, SqlSessions
from streams.adapters.sql.api_keys import SqlAnswers, SqlKeys
from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.sql.cases.case_files import SqlCaseRecords
from streams.adapters.sql.cases.figures import SqlFigures
from streams.adapters.sql.cases.photo_views import SqlPhotoViews
from streams.adapters.sql.cases.progress import SqlRequestRecords
from streams.adapters.sql.cases.quality import SqlQuality
from streams.adapters.sql.cases.reach import SqlReach
from streams.adapters.sql.cases.recent_acts import SqlRecentActs
from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.cases.work_done import SqlWorkDone
from streams.adapters.sql.engine import ping
from streams.adapters.sql.kept import SqlKeptEvidence
from streams.adapters.sql.package_records import SqlPackageRecords
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.preferences import SqlPreferences
from streams.adapters.sql.trials import SqlTrials
from streams.adapters.sql.webhooks import SqlWebhooks
from streams.adapters.storage.evidence_store import open_evidence_store
from streams.adapters.storage.files import Room
from streams.adapters.storage.objects import open_objects
from streams.adapters.storage.uploads import StoredUploads
from streams.adapters.storage.uploads_check import UploadsCheck
from streams.adapters.time_authority import Rfc3161Check, roots_of
from streams.adapters.webhook_post import WebhookPost
from streams.casework.changes import Changes
from streams.casework.files import CaseFiles
from streams.casework.package.export import Exporter
from streams.casework.package.making import Packages
from streams.casework.parties.further_evidence import FurtherEvidence
from streams.casework.parties.hearings import Hearings
from streams.casework.parties.human_review import HumanReviews
from streams.casework.parties.progress import Requests
from streams.casework.parties.uploads import Uploads
from streams.casework.photos.photo_search import PhotoSearch
from streams.casework.photos.photo_views import PhotoViews
from streams.casework.photos.pictures import CasePictures
from streams.casework.procedure_file import procedure_of
from streams.casework.quality.figures import Figures
from streams.casework.quality.golden import GoldenCases
from streams.casework.record.audit_book import AuditBook
from streams.casework.reviewing.assignments import Assignments
from streams.casework.reviewing.drafts import Drafts
from streams.casework.reviewing.leases import terms_of
from streams.casework.reviewing.recommendations import Recommendations
from streams.casework.reviewing.verdicts import Verdicts
from streams.console.identity import ByKey, Identity
from streams.console.pages.by_session import BySession
from streams.console.problems import problem_of
from streams.console.use_cases import UseCases
from streams.errors import TransientError
from streams.judgement.versions import Versions
from streams.metrics import program_version
from streams.policy.reasons import criteria
from streams.settings import Settings
from streams.webhooks.subscriptions import Subscriptions

STATISTICS_KEPT_MS, STATISTICS_WAIT_S = 5 * MINUTE_MS, 2.0
WORKLOAD_KEPT_MS = 5_000


def use_cases(engine: Engine, settings: Settings) -> UseCases:
    """Return every use case; raises :class:`streams.errors.SettingsError` for a file that is wrong."""
    database, procedure = SqlCaseDatabase(engine), procedure_of(settings.procedure)
    files, drawer, check = CaseFiles(SqlCaseRecords(engine)), StoredPictures(settings), UploadsCheck(settings)
    return UseCases(
        files=files,
        requests=Requests(SqlRequestRecords(engine)),
        hearings=Hearings(database, procedure),
        human_reviews=HumanReviews(database, procedure),
        verdicts=Verdicts(database, procedure),
        recommendations=Recommendations(files, database, criteria()),
        assignments=Assignments(database, terms_of(settings)),
        drafts=Drafts(database),
        golden=GoldenCases(files, database),
        uploads=Uploads(_uploads(settings), FurtherEvidence(database, procedure)),
        photo_bytes=settings.photo_limit_bytes,
        video_bytes=settings.video_limit_bytes,
        score_hidden=settings.score_hidden,
        webhooks=Subscriptions(SqlWebhooks(engine), WebhookPost(private_allowed=settings.webhook_private_allowed)),
        keys=Keys(SqlKeys(engine)),
        accounts=Accounts(SqlAccounts(engine)),
        sessions=Sessions(SqlSessions(engine)),
        preferences=SqlPreferences(engine),
        openid=_openid(engine, settings),
        local_accounts=settings.local_accounts or settings.oidc_issuer is None,
        console_url=settings.console_url,
        policies=Versions(
            PolicyStore(engine), SqlKeptEvidence(engine), SqlTrials(engine), four_eyes=settings.policy_four_eyes
        ),
        pictures=CasePictures(SqlKeptEvidence(engine).content, drawer),
        photo_views=PhotoViews(SqlPhotoViews(engine)),
        audit=AuditBook(SqlAuditSeals(engine), SqlWorkDone(engine), partial(_stamp_check, settings)),
        changes=Changes(SqlRecentActs(engine)),
        photo_search=PhotoSearch(drawer, LoggedPhotos(settings)),
        figures=Figures(
            SqlQuality(engine),
            SqlFigures(engine),
            SqlReach(engine),
            keep_ms=STATISTICS_KEPT_MS,
            wait_s=STATISTICS_WAIT_S,
            workload_keep_ms=WORKLOAD_KEPT_MS,
        ),
        packages=_packages(engine, settings),
        once=Once(SqlAnswers(engine), problem_of),
        ready=partial(_away, engine),
        ask_uploads=check.ask,
        uploads_away=check.away,
    )


def identity(uses: UseCases, settings: Settings) -> Identity:
    """Return what finds out who makes a call."""
    return Identity([ByKey(uses.keys, PartyTokens.of_file(settings.party_token_keys)), BySession(uses.sessions)])


def _openid(engine: Engine, settings: Settings) -> OpenIdSignIn | None:
    if settings.oidc_issuer is None:
        return None
    secret = settings.oidc_client_secret
    provider = OpenIdProvider(
        settings.oidc_issuer, settings.oidc_client_id, None if secret is None else secret.get_secret_value()
    )
    roles = ClaimedRoles(settings.oidc_roles_claim, claimed_scopes(settings.oidc_roles))
    return OpenIdSignIn(provider, SqlAccounts(engine), roles, settings.oidc_issuer)


def _stamp_check(settings: Settings) -> Rfc3161Check:
    return Rfc3161Check(roots_of(settings.time_authority_roots))


def _packages(engine: Engine, settings: Settings) -> Packages:
    roots = settings.time_authority_roots
    exporter = Exporter(
        records=SqlPackageRecords(engine),
        seals=SqlAuditSeals(engine),
        originals=open_objects(settings.evidence_store_url, settings.store_limit_s),
    )  # workers have heads stamped: a call waits for no authority
    return Packages(exporter=exporter, version=program_version(), roots=None if roots is None else roots.read_bytes())


def _uploads(settings: Settings) -> StoredUploads:
    scratch = settings.data_dir / "uploads"
    store = open_evidence_store(settings.evidence_store_url, settings.store_limit_s, scratch)
    return StoredUploads(store, Room(settings.photo_limit_bytes, settings.video_limit_bytes, scratch))


def _away(engine: Engine) -> list[str]:
    try:
        ping(engine)
    except TransientError as exc:
        return [f"database: {exc}"]
    return []
