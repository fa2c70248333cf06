"""Settings: read once from ``SENTINEL_*`` in the environment, then frozen. Each has a title, a unit and a default.

A variable that is set to nothing, or to blanks, counts as not set.
"""

# Over 250 lines because it is one list: whoever looks for a setting finds it here.

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, computed_field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from streams.errors import SettingsError
from streams.setting_environment import Environment
from streams.setting_values import (
    as_meant,
    host_and_port,
    media_host,
    require_one_spelling,
    web_address,
    worker_name,
    wrong_with,
)


class Settings(BaseSettings):
    """All settings of one process."""

    model_config = SettingsConfigDict(env_prefix="SENTINEL_", env_ignore_empty=True, frozen=True, extra="ignore")

    broker: str = Field("kafka://127.0.0.1:9092", title="Kafka's address: kafka://host:port,host:port")
    broker_security: Literal["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"] = Field(
        "plaintext", title="How to talk to Kafka; credentials travel in clear unless it is sasl_ssl"
    )
    broker_ca_file: Path | None = Field(None, title="CA certificates for Kafka's TLS; none: the system's")
    broker_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", title="SASL mechanism"
    )
    broker_user: str | None = Field(None, title="SASL user")
    broker_password: SecretStr | None = Field(None, title="SASL password")
    database_url: str = Field("sqlite:///sentinel.db", title="Database, as a SQLAlchemy URL")
    media_url: str = Field(
        default_factory=lambda: Path("media").absolute().as_uri(),
        title="The platform's photos, only read: file:///… or s3://bucket/prefix",
        json_schema_extra={"default": "the folder media where the worker starts"},
    )
    media_hosts: tuple[str, ...] = Field((), title="Hosts whose https:// photos may be fetched, separated by commas")
    evidence_url: str | None = Field(None, title="Our own copies and features; none: the media URL with .evidence")
    data_dir: Path = Field(
        Path(".sentinel"), title="This worker's own folder; videos lie here, without a name, while they are looked at"
    )
    replica_dir: Path | None = Field(None, title="Where the replica of earlier photos lives; none: the data directory")
    policy: Path | None = Field(None, title="Policy file that seeds an empty database; none: the packaged default")
    procedure: Path | None = Field(
        None, title="File that says how long hearings and appeals last, by category; none: 48 hours and 7 days"
    )
    lease_s: int = Field(
        900, ge=30, le=86_400, title="Seconds that a reviewer keeps a case without a sign that they are there"
    )
    heartbeat_s: int = Field(30, ge=1, le=3_600, title="Seconds between two signs that a reviewer is there")
    hold_hours: int = Field(24, ge=1, le=168, title="Hours that a reviewer may park a case, or a handed over one waits")
    reserved_share: float = Field(
        0.2, ge=0, le=0.9, title="Share of reviews that goes to small claims and to the random audit first"
    )
    kept_free: int = Field(
        40,
        ge=0,
        title="Of so many reviewers at work one stays free for small claims, while these keep one busy; 0: of none",
    )
    skips_per_hour: int = Field(
        5, ge=0, title="Cases that a reviewer may skip in an hour; those that concern themselves do not count"
    )
    golden_share: float = Field(0.02, ge=0, le=0.5, title="Share of assignments that are golden cases")
    audit_key: SecretStr | None = Field(
        None, title="Key that chooses the random audit share; none: a random one that the database keeps"
    )
    seal_every_s: float = Field(300, ge=1, le=600, title="Seconds from one sealing of the audit chains to the next")
    time_authority_url: str | None = Field(
        None, title="RFC 3161 time authority that stamps sealed heads: https://…; none: nobody stamps"
    )
    time_authority_roots: Path | None = Field(
        None, title="PEM file of the time authority's root certificates; none: who signed a stamp is not checked"
    )
    http_host: str = Field("127.0.0.1", title="Address of metrics and health")
    http_port: int = Field(
        9464,
        ge=0,
        le=65_535,
        title="Port of metrics and health; 0: any free one. Under `worker all` each further worker takes the next one",
    )
    console_host: str = Field("127.0.0.1", title="Address of the console and the API")
    console_port: int = Field(
        8080, ge=0, le=65_535, title="Port of the console and the API; 0: any free one, written to console.port"
    )
    console_calls_per_s: float = Field(
        50, gt=0, le=100_000, title="Calls a second that one account may make to one console, twice that at once"
    )
    console_url: str | None = Field(
        None, title="Address by which browsers reach the console; none: the one they name in their calls"
    )
    oidc_issuer: str | None = Field(
        None, title="OpenID Connect provider by which people sign in: its issuer, https://…; none: local accounts alone"
    )
    oidc_client_id: str = Field("refund-sentinel", title="Our name at the OpenID Connect provider")
    api_key: SecretStr | None = Field(
        None, title="The API key that says who works at the command line; none: --by NAME does"
    )
    oidc_client_secret: SecretStr | None = Field(None, title="Our secret there; none: PKCE alone, as a public client")
    oidc_roles_claim: str = Field("roles", title="Claim that lists a person's roles, as a path: realm_access.roles")
    oidc_roles: Path | None = Field(
        None, title="YAML file that says which of our roles each of the claim's means; none: they are ours"
    )
    local_accounts: bool = Field(default=True, title="Whether people may sign in with a password of this system too")
    score_hidden: bool = Field(
        default=False, title="Whether reviewers see the machine's score of a case only once they open it"
    )
    party_token_keys: Path | None = Field(
        None, title="JSON Web Key Set by which the platform signs tokens for one party and request; none: no tokens"
    )
    webhook_private_allowed: bool = Field(
        default=False, title="Whether webhooks may be http:// and addresses of one's own network"
    )
    traces_url: str | None = Field(
        None,
        title="Who takes OpenTelemetry traces, OTLP over HTTP: http://collector:4318/v1/traces; none: no traces",
    )
    traces_share: float = Field(1, ge=0, le=1, title="Share of the traces that begin here and are kept")
    instance: str | None = Field(
        None,
        title="Name of this worker in its consumer group (static membership); none: dynamic membership",
    )
    session_timeout_s: float = Field(30, ge=6, le=300, title="Seconds until the broker gives up a silent worker")
    send_limit_s: float = Field(30, ge=1, le=110, title="Seconds until an unconfirmed send ends the worker")
    database_limit_s: float = Field(60, ge=1, le=600, title="Seconds of database failures until the worker ends")
    store_limit_s: float = Field(30, ge=1, le=600, title="Seconds of store failures until the worker ends")
    replica_limit_s: float = Field(
        30, ge=1, le=600, title="Seconds that a request waits for the replica of earlier photos"
    )
    admitted: int = Field(64, ge=1, le=1_024, title="Requests that enrich works on at a time")
    pool_processes: int = Field(
        default_factory=lambda: max(1, min(os.cpu_count() or 1, 64)),
        ge=1,
        le=256,
        title="Processes that decode and compare photos",
        json_schema_extra={"default": "one for each core, at most 64"},
    )
    photo_limit_s: float = Field(20, ge=0.5, le=120, title="Seconds for one look at one photo, fetching included")
    photo_limit_bytes: int = Field(30_000_000, ge=1_000, le=500_000_000, title="Bytes of one photo at most")
    video_limit_s: float = Field(
        120, ge=0.5, le=600, title="Seconds for one look at one video, fetching included, or for comparing it"
    )
    video_limit_bytes: int = Field(300_000_000, ge=1_000, le=5_000_000_000, title="Bytes of one video at most")
    photo_limit_pixels: int = Field(
        100_000_000, ge=10_000, le=1_000_000_000, title="Pixels of one photo, or of a video's frame, at most"
    )
    pool_memory_bytes: int = Field(
        2_000_000_000, ge=500_000_000, title="Address space of one pool process, in bytes, at most"
    )
    ai_labels: Path | None = Field(
        None, title="YAML file of further words and tools' names that label a photo as made by AI; none: the packaged"
    )
    c2pa_trust_anchors: Path | None = Field(
        None, title="PEM file of the certificates whose C2PA signatures are trusted; none: no signer is"
    )
    batch: int = Field(256, ge=1, le=1_000, title="Events that one database transaction takes at most")
    look_back_days: int = Field(180, ge=1, le=3_650, title="Days that earlier photos are remembered")
    credit_issuer: str | None = Field(
        None, max_length=64, title="Our name to partners; with the two keys it switches credit signals on"
    )
    credit_key: SecretStr | None = Field(None, title="The key that we sign credit signals with: 64 hex digits")
    pseudonym_keys: SecretStr | None = Field(
        None, title="Keys of pseudonyms, the current one first, at most two: ID:HEX,ID:HEX"
    )
    policy_four_eyes: bool = Field(default=False, title="Whether a policy needs a second person to become active")
    kept_evidence_days: int = Field(180, ge=1, le=3_650, title="Days that what the judge saw is kept, to judge anew")
    photo_views_keep_days: int = Field(1_095, ge=30, le=36_500, title="Days that it is kept who looked at which photo")
    worker_log_keep_days: int = Field(1_095, ge=30, le=36_500, title="Days that it is kept when decide workers ran")
    outbox_keep_days: int = Field(7, ge=1, le=3_650, title="Days that messages of the outbox are kept once sent")
    dead_letter_stop_ratio: float = Field(
        0.1, gt=0, le=1, title="Share of dead letters among the last 1,000 messages that pauses a topic"
    )
    dead_letter_stop_run: int = Field(50, ge=1, title="Dead letters in a row that pause a topic")
    log_format: Literal["console", "json"] = Field("json", title="How log lines are written")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", title="Least severe log line written")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from, what counts most first."""
        return init_settings, Environment(settings_cls)

    @field_validator("*", mode="before")
    @classmethod
    def _as_meant(cls, value: object, info: ValidationInfo) -> object:
        return as_meant(value, cls.model_fields[str(info.field_name)])

    @field_validator("broker")
    @classmethod
    def _broker(cls, value: str) -> str:
        value = ",".join(server.strip() for server in value.split(","))
        servers = value.removeprefix("kafka://").split(",")
        if not value.startswith("kafka://") or not all(host_and_port(server) for server in servers):
            msg = "give it as kafka://host:port, several separated by commas; a user stands in SENTINEL_BROKER_USER"
            raise ValueError(msg)
        return value

    @field_validator("instance")
    @classmethod
    def _name(cls, value: str | None) -> str | None:
        if value is not None and not worker_name(value):
            msg = "give 1 to 100 letters, digits, full stops, underscores or hyphens (A-Z a-z 0-9 . _ -)"
            raise ValueError(msg)
        return value

    @field_validator("heartbeat_s")
    @classmethod
    def _within_the_lease(cls, value: int, info: ValidationInfo) -> int:
        lease_s = info.data.get("lease_s", value + 1)
        if value >= lease_s:
            msg = (
                f"{value} is not below SENTINEL_LEASE_S ({lease_s}), so a case would be taken from who is at work on it"
            )
            raise ValueError(msg)
        return value

    @field_validator("media_url", "evidence_url")
    @classmethod
    def _store(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"file:///+[^/]|s3://[^/]", value):
            msg = "give it as file:///folder or s3://bucket/prefix"
            raise ValueError(msg)
        return None if value is None else value.rstrip("/")

    @field_validator("media_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        return tuple(host.strip() for host in value.split(",") if host.strip()) if isinstance(value, str) else value

    @field_validator("media_hosts")
    @classmethod
    def _host_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [host for host in value if not media_host(host)]:
            no = f"{wrong[0]!r} is no host" if len(wrong) == 1 else f"{', '.join(map(repr, wrong))} are no hosts"
            msg = f"{no}: give names alone, as photos.example or photos.example:8443, one by one"
            raise ValueError(msg)
        return tuple(host.removesuffix(":443") for host in value)

    @field_validator("time_authority_url", "console_url", "oidc_issuer", "traces_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not web_address(value):
            msg = "give it as https://host/path"
            raise ValueError(msg)
        return value

    @computed_field  # type: ignore[prop-decorator]
    @property
    def evidence_store_url(self) -> str:
        """Where our own copies are: beside the media, under a name that no claim can give."""
        return self.evidence_url or f"{self.media_url}.evidence"

    @property
    def bootstrap_servers(self) -> list[str]:
        """The broker's addresses as ``host:port``."""
        return self.broker.removeprefix("kafka://").split(",")


def load() -> Settings:
    """Return the settings that the environment gives.

    Raises :class:`SettingsError` with one line that names every variable that is wrong and says how.
    """
    require_one_spelling(os.environ, Settings.model_config["env_prefix"])
    try:
        return Settings()
    except ValidationError as exc:
        raise SettingsError("; ".join(_wrong(exc).values())) from exc


def load_what_is_right() -> tuple[Settings, dict[str, str]]:
    """Return the settings with the default in place of each value that is wrong, and what is wrong by variable."""
    try:
        return Settings(), {}
    except ValidationError as exc:
        names = {str(error["loc"][0]): Settings.model_fields[str(error["loc"][0])] for error in exc.errors()}
        right = {name: field.get_default(call_default_factory=True) for name, field in names.items()}
        return Settings(**right), _wrong(exc)


def _wrong(exc: ValidationError) -> dict[str, str]:
    return {
        (variable := f"SENTINEL_{name.upper()}"): f"{variable}: {wrong_with(name, error['type'], error['msg'])}"
        for error in exc.errors()
        for name in map(str, error["loc"][:1])
    }
