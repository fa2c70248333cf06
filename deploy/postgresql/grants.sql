-- Who may do what in the database. Run as its owner after each `refund-sentinel db upgrade`; safe to repeat.
--
--   psql "$OWNER_URL" -v ON_ERROR_STOP=1 -f grants.sql
--
-- Roles are made once by an administrator: CREATE ROLE refund_sentinel LOGIN PASSWORD '…'; and so on.
--   the owner                 runs db upgrade; nobody else makes or changes tables
--   refund_sentinel           workers, console, commands of reviewers and operators
--   refund_sentinel_auditor   reads; audit verify

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO refund_sentinel, refund_sentinel_auditor;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO refund_sentinel;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO refund_sentinel;
REVOKE INSERT, UPDATE, DELETE ON refund_sentinel_version FROM refund_sentinel;

-- What is said for ever: nobody takes a seal, a stamp, a decision or the log of exports away.
REVOKE UPDATE, DELETE ON audit_seals, audit_stamps, evidence_exports FROM refund_sentinel;
REVOKE DELETE ON audit, decisions, request_origins, erasures, legal_holds FROM refund_sentinel;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO refund_sentinel_auditor;
REVOKE SELECT ON secrets FROM refund_sentinel_auditor;
