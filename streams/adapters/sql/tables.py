"""Every table. Migrations build them; a test holds that both agree.

Money and times are BIGINT (smallest unit; Unix milliseconds), text is as long as the contract allows.
"""

# Over 250 lines because it is one list: whoever looks for a column, or for what refers to it, finds all in one place.

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

IDENTIFIER = String(128)
# A medium's id, with the part of it that a photo is. SQLite keeps to no length: there nothing had to be changed.
PHOTO_NAME = String(144).with_variant(String(128), "sqlite")
CODE = String(64)
DIGEST = String(71)
SIGHTING_ID = String(512)
SERIAL = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER PRIMARY KEY counts by itself there

claims = Table(
    "claims",
    metadata,
    Column("request_id", IDENTIFIER, primary_key=True),
    Column("request_digest", DIGEST, primary_key=True),
    Column("person", IDENTIFIER, nullable=False),
    Column("buyer_id", IDENTIFIER, nullable=False),
    Column("order_id", IDENTIFIER, nullable=False),
    Column("merchant_id", IDENTIFIER, nullable=False),
    Column("product_id", IDENTIFIER, nullable=False),
    Column("category", CODE, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("freight_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("requested_at_ms", BigInteger, nullable=False),
    Column("appended_at_ms", BigInteger, nullable=False),
    Column("decided_at_ms", BigInteger, nullable=False),
    Column("photos", Text),
    Column("reference_media", Text),
    Column("shared_photo", SmallInteger, nullable=False, server_default="0"),
    Column("claims_before", BigInteger, nullable=False, server_default="0"),
    Column("refund_only_before", BigInteger, nullable=False, server_default="0"),
    Column("shared_before", BigInteger, nullable=False, server_default="0"),
    Column("sum_before_minor", BigInteger, nullable=False, server_default="0"),
    Column("younger_reference", SmallInteger, nullable=False, server_default="0"),
    Index("ix_claims_person_currency", "person", "currency", "appended_at_ms", "claims_before"),
)
"""One row per content of a request: what history counts. ``photos`` are its claim photos as cases/photos/photos.py.

``reference_media`` are those of the request, as JSON: what the buyer sends later is compared with them too.
The columns ``*_before`` are running totals of the person's claims before it, by the broker's time
(streams/history/ledger.py); ``sum_before_minor`` is of those in the same currency. ``younger_reference`` says that one
of the references was registered after the claim.
"""

merchant_days = Table(
    "merchant_days",
    metadata,
    Column("merchant_id", IDENTIFIER, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("claims", BigInteger, nullable=False),
    Column("younger", BigInteger, nullable=False),
    Column("claims_before", BigInteger, nullable=False),
    Column("younger_before", BigInteger, nullable=False),
)
"""Claims against a merchant on one day of the broker's time (days since 1970, UTC), and on all days before it.

``younger`` are those of them with a reference that was registered after the claim (streams/history/merchants.py).
"""

newest_claims = Table(
    "newest_claims",
    metadata,
    Column("person", IDENTIFIER, primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("name", IDENTIFIER, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""When the newest claim of each person against each merchant, and in each category (``what``), came in.

Of a person with very many, only the newest are kept: as many as are read.
"""

kept_evidence = Table(
    "kept_evidence",
    metadata,
    Column("kept_id", SERIAL, primary_key=True),
    Column("kept_at_ms", BigInteger, nullable=False),
    Column("records", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    Index("ix_kept_evidence_kept_at_ms", "kept_at_ms", "records"),
)
"""What the judge saw, a chunk of ``records`` as streams/policy/kept.py: erased with the person, or after a while."""

request_origins = Table(
    "request_origins",
    metadata,
    Column("request_id", IDENTIFIER, primary_key=True),
    Column("request_digest", DIGEST, nullable=False),
)
"""Which content of a request came first: that one stays the original for ever."""

decisions = Table(
    "decisions",
    metadata,
    Column("request_id", IDENTIFIER, primary_key=True),
    Column("request_digest", DIGEST, primary_key=True),
    Column("decision_id", IDENTIFIER, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("content_changed", Boolean, nullable=False),
    Column("policy_sha256", String(64), nullable=False),
    Column("decided_at_ms", BigInteger, nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("kept_id", BigInteger),
    Index("ix_decisions_decided_at_ms", "decided_at_ms", "verdict"),
)
"""The answers, as the bytes that were and will be sent. ``kept_id`` is the chunk with what the judge saw."""

cases = Table(
    "cases",
    metadata,
    Column("case_id", IDENTIFIER, primary_key=True),
    Column("request_id", IDENTIFIER, nullable=False),
    Column("request_digest", DIGEST, nullable=False),
    Column("person", IDENTIFIER, nullable=False),
    Column("order_id", IDENTIFIER, nullable=False, server_default=""),
    Column("buyer_id", IDENTIFIER, nullable=False),
    Column("merchant_id", IDENTIFIER, nullable=False),
    Column("category", CODE, nullable=False, server_default=""),
    Column("state", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("score", SmallInteger, nullable=False),
    Column("reason_codes", Text, nullable=False),  # codes joined by one space: to list, not to search
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("opened_at_ms", BigInteger, nullable=False),
    Column("due_at_ms", BigInteger),
    Column("verdict", String(32)),
    Column("decided_at_ms", BigInteger),
    Column("opened_for", IDENTIFIER),
    Column("look", String(16), nullable=False, server_default="FIRST"),
    Column("asked", Text, nullable=False, server_default="[]"),
    Column("changes", Integer, nullable=False, server_default="1"),
    Column("assignee", IDENTIFIER),
    ForeignKeyConstraint(["request_id", "request_digest"], ["decisions.request_id", "decisions.request_digest"]),
    Index("uq_cases_request_id_request_digest", "request_id", "request_digest", unique=True),
    Index("ix_cases_opened_at_ms_case_id", "opened_at_ms", "case_id"),
    Index("ix_cases_state_due_at_ms", "state", "due_at_ms"),
    Index("ix_cases_state_opened_at_ms", "state", "opened_at_ms", "case_id"),
    Index(
        "ix_cases_open_by_deadline",
        text("coalesce(due_at_ms, 4611686018427387904)"),
        "opened_at_ms",
        "case_id",
        sqlite_where=text("state != 'CLOSED'"),
        postgresql_where=text("state != 'CLOSED'"),
    ),
    Index(
        "ix_cases_open_by_score",
        text("(-score)"),
        "opened_at_ms",
        "case_id",
        sqlite_where=text("state != 'CLOSED'"),
        postgresql_where=text("state != 'CLOSED'"),
    ),
    Index(
        "ix_cases_due_at_ms",
        "due_at_ms",
        "case_id",
        sqlite_where=text("due_at_ms IS NOT NULL"),
        postgresql_where=text("due_at_ms IS NOT NULL"),
    ),
    Index("ix_cases_order_id", "order_id"),
    Index("ix_cases_buyer_id", "buyer_id"),
    Index("ix_cases_merchant_id_opened_at_ms", "merchant_id", "opened_at_ms", "case_id"),
    Index(
        "ix_cases_objections_merchant_id",
        "merchant_id",
        "opened_at_ms",
        sqlite_where=text("reason_codes = 'MERCHANT_OBJECTION'"),
        postgresql_where=text("reason_codes = 'MERCHANT_OBJECTION'"),
    ),
    Index(
        "ix_cases_forgeries_person",
        "person",
        "decided_at_ms",
        sqlite_where=text("verdict = 'FORGERY_CONFIRMED'"),
        postgresql_where=text("verdict = 'FORGERY_CONFIRMED'"),
    ),
    Index(
        "ix_cases_verdicts_person",
        "person",
        "decided_at_ms",
        sqlite_where=text("verdict IS NOT NULL"),
        postgresql_where=text("verdict IS NOT NULL"),
    ),
    Index(
        "ix_cases_decided_at_ms",
        "decided_at_ms",
        sqlite_where=text("verdict IS NOT NULL"),
        postgresql_where=text("verdict IS NOT NULL"),
    ),
    Index(
        "ix_cases_opened_for",
        "opened_for",
        sqlite_where=text("opened_for IS NOT NULL"),
        postgresql_where=text("opened_for IS NOT NULL"),
    ),
)
"""What people decide: one per REVIEW, and one per CLEAR that a confirmed forgery (``opened_for``) touches."""

verdicts = Table(
    "verdicts",
    metadata,
    Column("case_id", IDENTIFIER, ForeignKey("cases.case_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("reviewer", IDENTIFIER, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("look", String(16), nullable=False),
    Column("verdict", String(32), nullable=False),
    Column("rule", CODE, nullable=False),
    Column("content", Text, nullable=False),  # the verdict whole, as JSON
    Index(
        "ix_verdicts_later_looks",
        "at_ms",
        "case_id",
        sqlite_where=text("look != 'FIRST'"),
        postgresql_where=text("look != 'FIRST'"),
    ),
)
"""Every verdict that a person came to, also one that is kept until another person did; see streams/cases/looks.py."""

review_queue = Table(
    "review_queue",
    metadata,
    Column("case_id", IDENTIFIER, ForeignKey("cases.case_id"), primary_key=True),
    Column("lane", String(16), nullable=False),
    Column("ready_at_ms", BigInteger, nullable=False),
    Column("start_at_ms", BigInteger, nullable=False),
    Column("rank_at_ms", BigInteger, nullable=False),
    Column("cluster_id", IDENTIFIER, nullable=False),
    Column("person", IDENTIFIER, nullable=False),
    Column("buyer_id", IDENTIFIER, nullable=False),
    Column("merchant_id", IDENTIFIER, nullable=False),
    Column("category", CODE, nullable=False),
    Column("language", String(8), nullable=False),
    Column("waiting", Boolean, nullable=False),
    Index(
        "ix_review_queue_rank_at_ms",
        "rank_at_ms",
        "case_id",
        sqlite_where=text("waiting"),
        postgresql_where=text("waiting"),
    ),
    Index(
        "ix_review_queue_lane_rank_at_ms",
        "lane",
        "rank_at_ms",
        "case_id",
        sqlite_where=text("waiting"),
        postgresql_where=text("waiting"),
    ),
    Index("ix_review_queue_cluster_id", "cluster_id", "start_at_ms"),
    Index("ix_review_queue_person", "person", "start_at_ms"),
)
"""Where each case that waits for a reviewer stands, or (not ``waiting``) is in hands (cases/reviewing/ordering.py)."""

reviewers = Table(
    "reviewers",
    metadata,
    Column("name", IDENTIFIER, primary_key=True),
    Column("categories", Text, nullable=False, server_default=""),  # codes joined by one space; empty: all
    Column("languages", Text, nullable=False, server_default=""),
    Column("capacity", SmallInteger, nullable=False, server_default="1"),
    Column("seen_at_ms", BigInteger, nullable=False),
)
"""Who asks for cases, and what they know."""

assignments = Table(
    "assignments",
    metadata,
    Column("assignment_id", IDENTIFIER, primary_key=True),
    Column("case_id", IDENTIFIER, ForeignKey("cases.case_id"), nullable=False),
    Column("reviewer", IDENTIFIER, nullable=False),
    Column("lane", String(16), nullable=False, server_default="other"),
    Column("ready_at_ms", BigInteger, nullable=False),
    Column("assigned_at_ms", BigInteger, nullable=False),
    Column("lease_until_ms", BigInteger, nullable=False),
    Column("taken", Boolean, nullable=False),
    Column("held_since_ms", BigInteger),
    Column("note", Text, nullable=False),
    Column("ended_at_ms", BigInteger),
    Column("outcome", CODE),
    Column("golden", Boolean, nullable=False, server_default=false()),
    Index(
        "uq_assignments_case_id",
        "case_id",
        unique=True,
        sqlite_where=text("ended_at_ms IS NULL AND NOT golden"),
        postgresql_where=text("ended_at_ms IS NULL AND NOT golden"),
    ),
    Index(
        "ix_assignments_reviewer",
        "reviewer",
        "assigned_at_ms",
        sqlite_where=text("ended_at_ms IS NULL"),
        postgresql_where=text("ended_at_ms IS NULL"),
    ),
    Index(
        "ix_assignments_lease_until_ms",
        "lease_until_ms",
        sqlite_where=text("ended_at_ms IS NULL"),
        postgresql_where=text("ended_at_ms IS NULL"),
    ),
    Index(
        "ix_assignments_noted_case_id",
        "case_id",
        sqlite_where=text("note != ''"),
        postgresql_where=text("note != ''"),
    ),
    Index("ix_assignments_ended_at_ms", "ended_at_ms"),
    Index("ix_assignments_assigned_at_ms", "assigned_at_ms", "lane"),
)
"""Which case was in whose hands, from when until when, and how it ended.

A case has one row without an end at most, beside those of people who are given it again as a golden one.
"""

golden_cases = Table(
    "golden_cases",
    metadata,
    Column("case_id", IDENTIFIER, ForeignKey("cases.case_id"), primary_key=True),
    Column("verdict", String(32), nullable=False),
    Column("rule", CODE, nullable=False),
    Column("language", String(8), nullable=False),
    Column("version", Integer, nullable=False),
    Column("until_seq", Integer, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("marked_by", IDENTIFIER, nullable=False),
    Column("marked_at_ms", BigInteger, nullable=False),
    Column("removed_at_ms", BigInteger),
)
"""Closed cases that are handed out again to see how reviewers judge; see streams/cases/quality/golden.py."""

golden_assignments = Table(
    "golden_assignments",
    metadata,
    Column("assignment_id", IDENTIFIER, ForeignKey("assignments.assignment_id"), primary_key=True),
    Column("case_id", IDENTIFIER, ForeignKey("cases.case_id"), nullable=False),
    Column("reviewer", IDENTIFIER, nullable=False),
    Column("moved_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("until_seq", Integer, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("due_at_ms", BigInteger),
    Column("shown", Text),  # what of the case is shown otherwise than it is, as JSON; null once the person was erased
    Column("entries", Text, nullable=False),  # what the reviewer did, as JSON
    Column("given", Text, nullable=False),  # the verdicts that they came to, as JSON
    Column("right_verdict", String(32), nullable=False),
    Column("right_rule", CODE, nullable=False),
    Column("verdict", String(32)),
    Column("decided_at_ms", BigInteger),
    Column("request_known_as", IDENTIFIER),  # the ids under which the reviewer sees it; null: its own
    Column("order_known_as", IDENTIFIER),
    Column("in_place_of", IDENTIFIER),  # the waiting case that the lot kept back
    Index("uq_golden_assignments_case_id_reviewer", "case_id", "reviewer", unique=True),
    Index("ix_golden_assignments_reviewer", "reviewer"),
    Index("ix_golden_assignments_decided_at_ms", "decided_at_ms"),
    Index(
        "ix_golden_assignments_due_at_ms",
        "due_at_ms",
        sqlite_where=text("due_at_ms IS NOT NULL"),
        postgresql_where=text("due_at_ms IS NOT NULL"),
    ),
)
"""A golden case in one reviewer's hands: what they see of it, and their first verdict that decides something."""

conflicts = Table(
    "conflicts",
    metadata,
    Column("reviewer", IDENTIFIER, primary_key=True),
    Column("scope", String(16), primary_key=True),
    Column("subject_id", IDENTIFIER, primary_key=True),
    Column("until_ms", BigInteger),
    Column("note", Text, nullable=False),
    Column("named_by", IDENTIFIER, nullable=False),
    Column("named_at_ms", BigInteger, nullable=False),
)
"""Who may not be given which case, or the cases of which merchant or buyer; for good where it has no end."""

drafts = Table(
    "drafts",
    metadata,
    Column("case_id", IDENTIFIER, ForeignKey("cases.case_id"), primary_key=True),
    Column("reviewer", IDENTIFIER, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("saved_at_ms", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
)
"""What a reviewer has written on a case so far."""
review_demands = Table(
    "review_demands",
    metadata,
    Column("request_id", IDENTIFIER, primary_key=True),
    Column("party", String(16), nullable=False),
    Column("demanded_by", IDENTIFIER, nullable=False),
    Column("demanded_at_ms", BigInteger, nullable=False),
)
"""Requests on which a party demanded that a person looks, before they were decided."""

follow_ups = Table(
    "follow_ups",
    metadata,
    Column("case_id", IDENTIFIER, ForeignKey("cases.case_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("party", String(16), nullable=False),
    Column("sent_by", IDENTIFIER, nullable=False),
    Column("sent_at_ms", BigInteger, nullable=False),
    Column("media", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("photos", Text),
    Column("evidence", LargeBinary),
    Column("gathered_at_ms", BigInteger),
)
"""What parties sent on a case later; see streams/cases/sent_evidence.py. ``evidence`` is what enrich read from it.

``photos`` are those of the buyer, as of a claim. Both are empty until enrich answered, and after an erasure.
"""

clusters = Table(
    "clusters",
    metadata,
    Column("request_id", IDENTIFIER, primary_key=True),
    Column("joined_into", IDENTIFIER),
    Column("rank", Integer, nullable=False),
    Index("ix_clusters_joined_into", "joined_into"),
)
"""The trees of streams/cases/photos/clusters.py; a request without a row stands alone, or is the root of itself."""

photo_matches = Table(
    "photo_matches",
    metadata,
    Column("request_id", IDENTIFIER, primary_key=True),
    Column("request_digest", DIGEST, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),  # from 1, in the order of the evidence
    Column("media_id", PHOTO_NAME, nullable=False),
    Column("position", BigInteger),
    Column("earlier_sighting_id", SIGHTING_ID, nullable=False),
    Column("earlier_position", BigInteger, nullable=False),
    Column("earlier_source", String(16), nullable=False),
    Column("earlier_request_id", IDENTIFIER),
    Column("earlier_media_id", PHOTO_NAME),
    Column("distance_bits", SmallInteger, nullable=False),
    Column("method", CODE),
    Column("confirmed", Boolean),
    Column("sha256", String(64)),
    Column("earlier_sha256", String(64)),
    Column("joins", Boolean, nullable=False, server_default=false()),
    Column("harmless_by", IDENTIFIER),
    Column("explained_by", SIGHTING_ID),
    Column("shared_alteration", Double),
    Index("ix_photo_matches_earlier_request_id_position", "earlier_request_id", "position"),
    Index("ix_photo_matches_earlier_sighting_id", "earlier_sighting_id"),
    Index(
        "ix_photo_matches_harmless_by",
        "harmless_by",
        sqlite_where=text("harmless_by IS NOT NULL"),
        postgresql_where=text("harmless_by IS NOT NULL"),
    ),
)
"""Pairs of photos that resemble each other: the later one, and an earlier one of a claim or of the catalogue.

``joins`` says that the resemblance puts both claims into one cluster, as long as nobody marked it as harmless.
"""

forged_photos = Table(
    "forged_photos",
    metadata,
    Column("case_id", IDENTIFIER, ForeignKey("cases.case_id"), primary_key=True),
    Column("sighting_id", SIGHTING_ID, primary_key=True),
    Column("sha256", String(64)),
    Column("fingerprint_version", CODE),
    Column("fingerprint_bits", String(64)),
    Index("ix_forged_photos_sighting_id", "sighting_id"),
    Index("ix_forged_photos_sha256", "sha256"),
)
"""The bank: photos of which people confirmed that they are forged, with the case on which they did."""

harmless_photos = Table(
    "harmless_photos",
    metadata,
    Column("mark_id", IDENTIFIER, primary_key=True),
    Column("photo", SIGHTING_ID, nullable=False),
    Column("other", SIGHTING_ID, nullable=False),
    Column("case_id", IDENTIFIER, ForeignKey("cases.case_id"), nullable=False),
    Column("marked_at_ms", BigInteger, nullable=False),
    Column("marked_by", IDENTIFIER, nullable=False),
    Column("note", Text, nullable=False),
    Index("uq_harmless_photos_photo_other", "photo", "other", unique=True),
)
"""False friends: pairs of photos that resemble each other by chance; ``other`` is empty where one photo always does."""

outcomes = Table(
    "outcomes",
    metadata,
    Column("outcome_id", IDENTIFIER, primary_key=True),
    Column("request_id", IDENTIFIER, nullable=False),
    Column("buyer_id", IDENTIFIER, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("occurred_at_ms", BigInteger, nullable=False),
    Column("recorded_at_ms", BigInteger, nullable=False),
    Index("ix_outcomes_request_id", "request_id"),
)
"""What the platform did in the end, also of requests that are unknown here."""

outbox = Table(
    "outbox",
    metadata,
    Column("outbox_id", SERIAL, primary_key=True),
    Column("topic", String(249), nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("sent_at_ms", BigInteger),
    Index(
        "ix_outbox_unsent",
        "outbox_id",
        sqlite_where=text("sent_at_ms IS NULL"),
        postgresql_where=text("sent_at_ms IS NULL"),
    ),
)
"""Messages that transactions left for the relay."""

audit = Table(
    "audit",
    metadata,
    Column("case_id", IDENTIFIER, ForeignKey("cases.case_id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", IDENTIFIER, nullable=False),
    Column("action", CODE, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("link", LargeBinary, nullable=False),
    Column("salt", LargeBinary),
    Column("payload", LargeBinary),
    Column("seal_no", BigInteger),
    Index(
        "ix_audit_unsealed",
        "at_ms",
        sqlite_where=text("seal_no IS NULL"),
        postgresql_where=text("seal_no IS NULL"),
    ),
    Index(
        "ix_audit_seal_no",
        "seal_no",
        sqlite_where=text("seal_no IS NOT NULL"),
        postgresql_where=text("seal_no IS NOT NULL"),
    ),
)
"""One hash chain per case; see streams/cases/audit.py. ``seal_no`` is the seal that covers an entry, once one does."""

person_keys = Table(
    "person_keys",
    metadata,
    Column("person", IDENTIFIER, primary_key=True),
    Column("key_id", LargeBinary, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("made_at_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The keys under which audit entries say what they say; see streams/adapters/sql/cases/trail.py."""

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("hold_id", SERIAL, primary_key=True),
    Column("person", IDENTIFIER, nullable=False),
    Column("placed_at_ms", BigInteger, nullable=False),
    Column("placed_by", IDENTIFIER, nullable=False),
    Column("note", Text, nullable=False),
    Column("lifted_at_ms", BigInteger),
    Column("lifted_by", IDENTIFIER),
    Index("ix_legal_holds_person", "person"),
)
"""Of whom nothing may be erased, whoever asks, and until when that held."""

case_evidence = Table(
    "case_evidence",
    metadata,
    Column("case_id", IDENTIFIER, ForeignKey("cases.case_id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""What was gathered on the request of a case, as it was judged; kept under the person's key, like audit entries."""

evidence_exports = Table(
    "evidence_exports",
    metadata,
    Column("export_id", SERIAL, primary_key=True),
    Column("case_id", IDENTIFIER, ForeignKey("cases.case_id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("seal_no", BigInteger, nullable=False),
    Column("audience", String(16), nullable=False),
    Column("list_sha256", String(64), nullable=False),
    Column("exported_at_ms", BigInteger, nullable=False),
    Column("exported_by", IDENTIFIER, nullable=False),
)
"""Which evidence packages were made, for whom, and the SHA-256 of each one's list of files."""

worker_spells = Table(
    "worker_spells",
    metadata,
    Column("spell_id", IDENTIFIER, primary_key=True),
    Column("worker", IDENTIFIER, nullable=False),
    Column("version", CODE, nullable=False),
    Column("configuration_sha256", String(64), nullable=False),
    Column("started_at_ms", BigInteger, nullable=False),
    Column("seen_at_ms", BigInteger, nullable=False),
    Column("ended_at_ms", BigInteger),
    Index("ix_worker_spells_started_at_ms", "started_at_ms"),
)
"""When each decide worker ran; see streams/agents/uptime_log.py."""

worker_events = Table(
    "worker_events",
    metadata,
    Column("event_id", SERIAL, primary_key=True),
    Column("spell_id", IDENTIFIER, ForeignKey("worker_spells.spell_id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("what", String(16), nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_worker_events_at_ms", "at_ms"),
    Index("ix_worker_events_spell_id", "spell_id"),
)
"""What happened to a decide worker: not ready and why, ready again, dead letters written."""

audit_seals = Table(
    "audit_seals",
    metadata,
    Column("seal_no", BigInteger, primary_key=True, autoincrement=False),
    Column("sealed_at_ms", BigInteger, nullable=False),
    Column("leaves", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("head", LargeBinary, nullable=False),
)
"""The heads over all chains; see streams/cases/record/seals.py."""

audit_stamps = Table(
    "audit_stamps",
    metadata,
    Column("seal_no", BigInteger, ForeignKey("audit_seals.seal_no"), primary_key=True, autoincrement=False),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("authority", Text, nullable=False),
    Column("response", LargeBinary, nullable=False),
)
"""What a time authority said about a head, as its RFC 3161 response; it covers all seals before it too."""

erasures = Table(
    "erasures",
    metadata,
    Column("erasure_id", IDENTIFIER, primary_key=True),
    Column("begun_at_ms", BigInteger, nullable=False),
    Column("begun_by", IDENTIFIER, nullable=False),
    Column("note", Text, nullable=False),
    Column("finished_at_ms", BigInteger),
    Column("photos", Integer),
    Column("held", Integer),
)
"""That photos were erased: who did it when and why, and how many went and had to stay; not whose they were."""

policies = Table(
    "policies",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", CODE, nullable=False),
    Column("text", Text, nullable=False),
    Column("stored_at_ms", BigInteger, nullable=False),
    Column("proposed_by", IDENTIFIER),
)
"""Every policy that was ever proposed or judged, as text; ``proposed_by`` is who proposed it, where somebody did."""

policy_activations = Table(
    "policy_activations",
    metadata,
    Column("activation_id", SERIAL, primary_key=True),
    Column("policy_sha256", String(64), ForeignKey("policies.sha256"), nullable=False),
    Column("activated_at_ms", BigInteger, nullable=False),
    Column("activated_by", IDENTIFIER, nullable=False),
    Column("act", CODE, nullable=False, server_default="activate"),
    Column("note", Text, nullable=False, server_default=""),
    Column("effective_from_ms", BigInteger),
)
"""Who made which policy the active one, when, how (``act``) and why; the last row that is effective holds.

Rows are only ever added. An act ``hold`` sends everything to review, under the policy that was active then.
"""

policy_trials = Table(
    "policy_trials",
    metadata,
    Column("trial_id", SERIAL, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("policy_sha256", String(64), ForeignKey("policies.sha256"), nullable=False),
    Column("begun_at_ms", BigInteger, nullable=False),
    Column("begun_by", IDENTIFIER, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("before_ms", BigInteger),
    Column("place", BigInteger, nullable=False),
    Column("ended_at_ms", BigInteger),
    Column("tally", Text, nullable=False),
    Index("ix_policy_trials_policy_sha256", "policy_sha256", "kind"),
)
"""Policies that were tried on kept evidence (``kind``: backtest or shadow), how far each came, and what it found."""

credit_partners = Table(
    "credit_partners",
    metadata,
    Column("issuer", CODE, primary_key=True),
    Column("public_key", String(64), nullable=False),
    Column("weight", Double, nullable=False),
    Column("quota", Integer, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("added_by", IDENTIFIER, nullable=False),
    Column("added_at_ms", BigInteger, nullable=False),
)
"""Platforms whose credit signals are taken up: by which key they sign, and what their word weighs."""

credit_signals = Table(
    "credit_signals",
    metadata,
    Column("issuer", CODE, primary_key=True),
    Column("signal_id", IDENTIFIER, primary_key=True),
    Column("direction", String(4), nullable=False),
    Column("pseudonym", String(64), nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Column("revoked", SmallInteger, nullable=False),
    Column("case_id", IDENTIFIER),
    Column("stored_at_ms", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_credit_signals_pseudonym", "pseudonym"),
    Index("ix_credit_signals_issuer_stored_at_ms", "issuer", "stored_at_ms"),
)
"""Credit signals that were sent (``out``) and taken up (``in``), each as its newest content."""

leases = Table(
    "leases",
    metadata,
    Column("name", CODE, primary_key=True),
    Column("owner", IDENTIFIER, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
)
"""Who alone may do a piece of work, until when."""

secrets = Table(
    "secrets",
    metadata,
    Column("name", CODE, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("made_at_ms", BigInteger, nullable=False),
)
"""Keys that the system made for itself, once."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", IDENTIFIER, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("name", CODE, nullable=False),
    Column("scopes", Text, nullable=False),  # joined by one space
    Column("made_at_ms", BigInteger, nullable=False),
    Column("made_by", IDENTIFIER, nullable=False),
    Column("expires_at_ms", BigInteger),
    Column("revoked_at_ms", BigInteger),
)
"""Who may call the API; of a key itself only its SHA-256 is kept."""

answers = Table(
    "answers",
    metadata,
    Column("account", String(256), primary_key=True),
    Column("key", IDENTIFIER, primary_key=True),
    Column("digest", LargeBinary),
    Column("answer", LargeBinary),
    Column("made_at_ms", BigInteger, nullable=False),
    Index("ix_answers_made_at_ms", "made_at_ms"),
)
"""What a write of an account was answered, by its idempotency key; without an answer while the write goes on."""

accounts = Table(
    "accounts",
    metadata,
    Column("name", CODE, primary_key=True),
    Column("scopes", Text, nullable=False),  # joined by one space
    Column("password_hash", Text, nullable=False),
    Column("made_at_ms", BigInteger, nullable=False),
    Column("made_by", IDENTIFIER, nullable=False),
    Column("closed_at_ms", BigInteger),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until_ms", BigInteger),
    Column("subject", SIGHTING_ID),
    Index("uq_accounts_subject", "subject", unique=True),
)
"""Who may sign in to the pages; of a password only its argon2id hash is kept."""

preferences = Table(
    "preferences",
    metadata,
    Column("name", CODE, ForeignKey("accounts.name"), primary_key=True),
    Column("language", String(8)),
    Column("theme", String(8)),
    Column("shortcuts", String(8)),
)
"""How people like the pages; null: nothing was chosen."""

unknown_names = Table(
    "unknown_names",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until_ms", BigInteger, nullable=False),
    Index("ix_unknown_names_locked_until_ms", "locked_until_ms"),
)
"""SHA-256 of names that somebody tried to sign in with and no account has: they are locked like accounts."""

photo_views = Table(
    "photo_views",
    metadata,
    Column("subject_id", IDENTIFIER, primary_key=True),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("viewer", IDENTIFIER, primary_key=True),
    Column("places", String(16), primary_key=True),
    Column("view", String(16), primary_key=True),
    Index("ix_photo_views_at_ms", "at_ms"),
)
"""Who was shown which photo of a case, or (where it has no case) of a request; see cases/record/disclosure.py."""

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", IDENTIFIER, primary_key=True),
    Column("name", CODE, ForeignKey("accounts.name"), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("old_digest", LargeBinary),
    Column("old_until_ms", BigInteger),
    Column("form_token", String(64), nullable=False),
    Column("begun_at_ms", BigInteger, nullable=False),
    Column("seen_at_ms", BigInteger, nullable=False),
    Column("renewed_at_ms", BigInteger, nullable=False),
    Index("ix_sessions_digest", "digest", unique=True),
    Index("ix_sessions_old_digest", "old_digest"),
    Index("ix_sessions_name", "name"),
)
"""Browsers that are signed in; of a token only its SHA-256 is kept, and for a moment that of the one before."""

webhooks = Table(
    "webhooks",
    metadata,
    Column("webhook_id", IDENTIFIER, primary_key=True),
    Column("url", String(1024), nullable=False),
    Column("secrets", Text, nullable=False),  # joined by one space, the newest first
    Column("made_at_ms", BigInteger, nullable=False),
    Column("made_by", IDENTIFIER, nullable=False),
)
"""Addresses that are told of every review event."""

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("delivery_id", IDENTIFIER, primary_key=True),
    Column("webhook_id", IDENTIFIER, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("next_at_ms", BigInteger, nullable=False),
    Column("status", SmallInteger),
    Column("error", Text),
    Column("body", LargeBinary, nullable=False),
    Index("ix_webhook_deliveries_webhook_id_created_at_ms_delivery_id", "webhook_id", "created_at_ms", "delivery_id"),
    Index(
        "ix_webhook_deliveries_waiting",
        "next_at_ms",
        sqlite_where=text("state = 'WAITING'"),
        postgresql_where=text("state = 'WAITING'"),
    ),
    Index(
        "ix_webhook_deliveries_waiting_webhook_id_created_at_ms",
        "webhook_id",
        "created_at_ms",
        sqlite_where=text("state = 'WAITING'"),
        postgresql_where=text("state = 'WAITING'"),
    ),
    Index(
        "ix_webhook_deliveries_waiting_webhook_id",
        "webhook_id",
        "next_at_ms",
        sqlite_where=text("state = 'WAITING'"),
        postgresql_where=text("state = 'WAITING'"),
    ),
)
"""Each event on its way to each webhook, and how far it has come."""
