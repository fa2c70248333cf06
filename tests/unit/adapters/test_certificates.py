"""A certificate that is refused is said to be wrong in its own way, with what helps: another authority seldom does."""

from pathlib import Path

import psycopg
import pytest
from obstore.exceptions import BaseError

from streams.access.openid import Begun
from streams.adapters.kafka.connection import connection
from streams.adapters.kafka.diagnosis import why_refused
from streams.adapters.openid import OpenIdProvider
from streams.adapters.sql.errors import translated
from streams.adapters.storage import s3
from streams.adapters.time_authority import HttpTimeAuthority, Rfc3161Check
from streams.adapters.webhook_post import WebhookPost
from streams.errors import AuthorityUnavailable, DatabaseUnavailable
from streams.settings import Settings
from tests.tls_servers import tls_server

WRONG = ("expired", "not yet", "another name")
BEGUN = Begun(state="s", nonce="n", verifier="v", where="/", begun_at_ms=1)
KAFKA = {
    "expired": "(certificate has expired): have it renewed there",
    "not yet": "(certificate is not yet valid): have it renewed there; where it holds today, set the clock",
    "another name": "certificate is not valid for '127.0.0.1'): name it as its certificate does",
}
S3 = {
    "expired": "its certificate holds no more, or not yet: have it renewed",
    "not yet": "its certificate holds no more, or not yet: have it renewed",
    "another name": "its certificate is for another name",
}


def told_to_kafka(port: int, authority: Path | None) -> Settings:
    return Settings.model_validate(
        {"broker": f"kafka://127.0.0.1:{port}", "broker_security": "ssl", "broker_ca_file": authority}
    )


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_is_wrong_with_kafkas_certificate_is_said_with_what_helps(wrong: str, tmp_path: Path) -> None:
    with tls_server(tmp_path, wrong) as (port, authority):
        settings = told_to_kafka(port, authority)
        said = await why_refused(settings, connection(settings))
    assert said is not None
    assert KAFKA[wrong] in said
    assert "SENTINEL_BROKER_CA_FILE" not in said


async def test_an_authority_that_is_not_ours_is_a_matter_of_the_file(tmp_path: Path) -> None:
    with tls_server(tmp_path) as (port, _):
        settings = told_to_kafka(port, None)
        said = await why_refused(settings, connection(settings))
    assert said is not None
    assert said.endswith("set SENTINEL_BROKER_CA_FILE right")


async def test_a_listener_that_wants_a_certificate_of_its_clients_is_named_as_such(tmp_path: Path) -> None:
    with tls_server(tmp_path, asks_for_one=True) as (port, authority):
        settings = told_to_kafka(port, authority)
        said = await why_refused(settings, connection(settings))
    assert said is not None
    assert "asks for a certificate of its clients" in said


@pytest.fixture
def of_our_own(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    given = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_REGION": "eu-west-1"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def why_no_bucket(address: str) -> str:
    with pytest.raises(BaseError) as failed:
        next(iter(s3.open_bucket("s3://bucket/key", 10).list()))
    assert address in str(failed.value)  # the library's own text names what it was to fetch
    return str(s3.unavailable(failed.value, which="media"))


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_with_a_buckets_certificate_is_said(
    wrong: str, tmp_path: Path, of_our_own: pytest.MonkeyPatch
) -> None:
    with tls_server(tmp_path, wrong) as (port, authority):
        of_our_own.setenv("SSL_CERT_FILE", str(authority))
        of_our_own.setenv("AWS_ENDPOINT_URL", f"https://127.0.0.1:{port}")
        assert S3[wrong] in why_no_bucket(f"127.0.0.1:{port}")


def test_a_bucket_behind_an_authority_that_is_not_ours_a_closed_port_and_an_unknown_host_are_told_apart(
    tmp_path: Path, of_our_own: pytest.MonkeyPatch
) -> None:
    with tls_server(tmp_path) as (port, _):
        of_our_own.setenv("AWS_ENDPOINT_URL", f"https://127.0.0.1:{port}")
        assert "have SSL_CERT_FILE name its authority's" in why_no_bucket("127.0.0.1")
    of_our_own.setenv("AWS_ENDPOINT_URL", f"https://127.0.0.1:{port}")
    assert why_no_bucket("127.0.0.1").endswith("Connection refused")
    of_our_own.setenv("AWS_ENDPOINT_URL", "https://nowhere.invalid")
    assert "the name of its host is not known" in why_no_bucket("nowhere.invalid")


def test_webhooks_sign_in_and_time_stamps_say_what_is_wrong_with_a_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tls_server(tmp_path, "expired") as (port, authority):
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        address = f"https://127.0.0.1:{port}"
        posted = WebhookPost(private_allowed=True)(address, b"{}", {})
        with pytest.raises(AuthorityUnavailable, match="not trusted: certificate has expired"):
            OpenIdProvider(address, "us", None).claims("code", BEGUN, "back")
        with pytest.raises(AuthorityUnavailable, match="not trusted: certificate has expired"):
            HttpTimeAuthority(address, Rfc3161Check([])).stamp(b"head")
    assert posted.error == "the address shows no certificate that is trusted (certificate has expired)"


SAID_BY_POSTGRESQL = (
    'server certificate for "db.example" does not match host name "127.0.0.1"',
    "SSL error: certificate verify failed",
    'root certificate file "/ca.pem" does not exist',
    "server does not support SSL, but SSL was required",
    'invalid sslmode value: "nonsense"',
)

BROKEN = "SSL SYSCALL error: EOF detected"


@pytest.mark.parametrize("said", SAID_BY_POSTGRESQL)
def test_a_database_that_no_secure_connection_leads_to_is_nothing_to_try_again(said: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="sslrootcert") as failed, translated():
        raise psycopg.OperationalError(said)
    assert said in str(failed.value)
    assert "try again" not in str(failed.value)


def test_a_secure_connection_that_breaks_is_tried_again() -> None:
    with pytest.raises(DatabaseUnavailable, match="try again"), translated():
        raise psycopg.OperationalError(BROKEN)
