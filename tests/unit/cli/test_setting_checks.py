"""What is wrong with settings is told before anything starts: by name, and with what to write instead."""

import os
import re
import string
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from streams.cli.setting_checks import wrong
from streams.errors import SettingsError
from streams.setting_files import MOST_BYTES
from streams.setting_values import require_one_spelling
from streams.settings import Settings
from tests.command_line import run

HEX = st.text("0123456789abcdefABCDEF", min_size=64, max_size=64)
EVERYWHERE = "0.0.0.0"  # noqa: S104 - read, not listened on
NAME = st.text(string.ascii_lowercase, min_size=1, max_size=12)
OURS = ("postgresql://", "postgresql+psycopg://")


def told(**given: object) -> list[str]:
    return wrong(Settings.model_validate(given))


def names(said: list[str]) -> list[str]:
    return [re.split(r"[:,]", one)[0] for one in said]


def test_nothing_is_wrong_with_what_is_set_when_nothing_is() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("given", "name", "says"),
    [
        ({"database_url": "postgres://u:p@h/db"}, "DATABASE_URL", "begins with postgres://, and has to begin with "),
        ({"database_url": "jdbc:postgresql://h:5432/db"}, "DATABASE_URL", "begins with jdbc:postgresql://, and has to"),
        ({"database_url": "postgresql+psycopg2://h/db"}, "DATABASE_URL", "begins with postgresql+psycopg2://, and has"),
        ({"database_url": "postgresql:h/db"}, "DATABASE_URL", "begins with postgresql:, and has to begin with "),
        ({"database_url": "mysql://h/db"}, "DATABASE_URL", "mysql is not supported: give it as sqlite:///file or "),
        ({"database_url": "sentinel.db"}, "DATABASE_URL", "this is no database URL: give it as sqlite:///file or "),
        ({"database_url": "sqlite://sentinel.db"}, "DATABASE_URL", "SQLite needs a plain file"),
        ({"database_url": "postgresql://h:99999/db"}, "DATABASE_URL", "99999 is no port: give one from 1 to 65535"),
        ({"http_host": "*"}, "HTTP_HOST", "'*' is no host to listen on: give an address of this machine alone, as "),
        ({"http_port": 8080}, "CONSOLE_PORT", "8080 is SENTINEL_HTTP_PORT too: give the console and the worker one"),
        ({"oidc_issuer": "http://login.example"}, "OIDC_ISSUER", "give an https:// address (http:// on this machine"),
        ({"console_url": "http://desk.example"}, "CONSOLE_URL", "give an https:// address (http:// on this machine"),
        ({"console_url": "https://desk.example/?x=1"}, "CONSOLE_URL", "without what comes behind ? or #"),
        ({"broker_security": "sasl_ssl"}, "BROKER_USER", "SENTINEL_BROKER_SECURITY asks for both"),
        ({"credit_issuer": "us"}, "CREDIT_KEY", "not set; credit signals need SENTINEL_CREDIT_ISSUER, "),
        ({"pseudonym_keys": "k:00"}, "CREDIT_ISSUER", "not set; credit signals need SENTINEL_CREDIT_ISSUER, "),
        ({"data_dir": __file__}, "DATA_DIR", "is no folder: give a folder, or where one may be made"),
        ({"replica_dir": f"{__file__}/x"}, "REPLICA_DIR", "is no folder: give a folder, or where one may be made"),
        ({"instance": "enrich-1", "evidence_url": "s3://$BUCKET/own"}, "", ""),
        ({"evidence_url": "s3://${BUCKET}/own"}, "EVIDENCE_URL", "${BUCKET} stands in it as it was written: put in "),
        ({"broker_user": "<user>", "broker_security": "sasl_ssl", "broker_password": "x"}, "BROKER_USER", "<user> "),
    ],
)
def test_what_is_wrong_is_told_by_name_with_what_to_write(given: dict[str, object], name: str, says: str) -> None:
    said = told(**given)

    assert names(said) == [f"SENTINEL_{name}"][: len(name)]
    assert all(says in one for one in said)


FILES = (
    "policy",
    "procedure",
    "oidc_roles",
    "party_token_keys",
    "time_authority_roots",
    "ai_labels",
    "c2pa_trust_anchors",
    "broker_ca_file",
)


def secured(name: str) -> str:
    """How to talk to Kafka, so that this file is read; with TLS the system's certificates are read each time too."""
    return "ssl" if name == "broker_ca_file" else "plaintext"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"- [not: what is wanted\n"], ids=["none", "binary", "bad"])
def test_a_file_that_is_none_of_its_kind_is_told_with_its_setting(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    file = tmp_path / "given"
    if content is not None:
        file.write_bytes(content)

    said = told(**{name: file}, broker_security=secured(name))

    assert names(said) == [f"SENTINEL_{name.upper()}"]
    assert str(file) in said[0]


@pytest.mark.parametrize("name", FILES)
def test_a_file_without_an_end_or_a_beginning_is_told_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    (huge := tmp_path / "huge").touch()
    os.truncate(huge, MOST_BYTES + 1)

    for file in (pipe, Path("/dev/zero"), huge):
        said = told(**{name: file}, broker_security=secured(name))
        assert names(said) == [f"SENTINEL_{name.upper()}"]
        assert str(file) in said[0]


def test_every_setting_that_names_a_file_is_one_of_these() -> None:
    paths = {name for name, field in Settings.model_fields.items() if field.annotation in (Path, Path | None)}
    assert paths == {*FILES, "data_dir", "replica_dir"}


@given(
    st.sampled_from(["jdbc:", "JDBC:", ""]), st.sampled_from(["postgres", "postgresql", "PostgreSQL"]), st.data(), NAME
)
def test_postgresql_by_any_other_beginning_is_told_and_by_ours_is_not(
    before: str, program: str, data: st.DataObject, host: str
) -> None:
    driver = data.draw(st.sampled_from(["", "+asyncpg", "+psycopg2", "+psycopg"]))
    begins = f"{before}{program}{driver}://"

    said = told(database_url=f"{begins}{host}/db")

    assert (begins in OURS) == (said == [])
    assert all(f"it begins with {begins}, and has to begin with postgresql://" in one for one in said)


@given(st.integers(-5, 100_000))
def test_a_database_s_port_is_one_of_tcp_s(port: int) -> None:
    assert (told(database_url=f"postgresql://h:{port}/db") == []) == (0 < port < 65_536)


LISTENED_ON = st.sampled_from(["http_host", "console_host"])


@given(
    LISTENED_ON,
    st.sampled_from(["{scheme}://{host}", "{host}:{port}", "*.{host}", "{host}/", "0.0.0.0:{port}", "[{host}]"]),
    st.sampled_from(["http", "https", "tcp"]),
    NAME,
    st.integers(1, 65_535),
)
def test_a_host_to_listen_on_has_no_scheme_no_port_and_no_star(
    setting: str, form: str, scheme: str, host: str, port: int
) -> None:
    written = form.format(scheme=scheme, host=host, port=port)
    assert names(told(**{setting: written})) == [f"SENTINEL_{setting.upper()}"]


@given(LISTENED_ON, st.sampled_from(["{host}", "{host}.example", EVERYWHERE, "::", "::1", "fe80::1"]), NAME)
def test_a_host_to_listen_on_is_a_name_or_an_address(setting: str, form: str, host: str) -> None:
    assert told(**{setting: form.format(host=host)}) == []


@given(st.integers(0, 65_535), st.integers(0, 65_535), st.sampled_from(["127.0.0.1", "127.0.0.2", EVERYWHERE]))
def test_two_ports_alike_are_told_where_both_would_be_listened_on(worker: int, console: int, host: str) -> None:
    for port in (console, worker):
        said = told(http_port=worker, console_port=port, console_host=host)
        meet = 0 != worker == port and host != "127.0.0.2"
        assert names(said) == ["SENTINEL_CONSOLE_PORT"] * meet


@given(HEX, st.text(string.printable, max_size=70), NAME)
def test_keys_of_credit_signals_are_hex_digits_and_no_message_shows_one(key: str, other: str, key_id: str) -> None:
    assume(other.strip() and not re.fullmatch(r"\s*(?:[0-9a-fA-F]{2}\s*){32}", other))
    right = {"credit_issuer": "us", "credit_key": key, "pseudonym_keys": f"{key_id}:{key}"}
    assert told(**right) == []

    quoted = len(other.strip()) > 1 and other.strip()[0] == other.strip()[-1] and other.strip()[0] in "\"'"
    assume(not quoted)
    for name, value in {"credit_key": other, "pseudonym_keys": f"{key_id}:{other}"}.items():
        assume(not (name == "pseudonym_keys" and "," in other))
        said = told(**right | {name: value})
        assert names(said) == [f"SENTINEL_{name.upper()}"]
        assert len(other) < 8 or other not in said[0]


@given(HEX)
def test_what_a_secret_s_file_leaves_behind_it_does_not_count(key: str) -> None:
    for end in ("\n", "\r\n", "\n\n"):
        given_ = {"credit_issuer": "us", "credit_key": f"{key}{end}", "pseudonym_keys": f"k:{key}{end}"}
        assert told(**given_) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"http_port": "65536"}, "SENTINEL_HTTP_PORT: give at most 65535"),
        ({"console_port": "-1"}, "SENTINEL_CONSOLE_PORT: give at least 0"),
        ({"dead_letter_stop_ratio": "0"}, "SENTINEL_DEAD_LETTER_STOP_RATIO: give more than 0"),
        ({"log_level": "verbose"}, "SENTINEL_LOG_LEVEL: give one of 'debug', 'info', 'warning' or 'error'"),
        ({"policy_four_eyes": "maybe"}, "SENTINEL_POLICY_FOUR_EYES: give true or false"),
        ({"credit_issuer": "x" * 65}, "SENTINEL_CREDIT_ISSUER: give at most 64 characters"),
    ],
)
def test_a_value_out_of_range_is_refused_with_what_may_be_given(given: Mapping[str, str], says: str) -> None:
    done = run("settings", settings=dict(given))
    assert (done.status, done.error) == (2, f"{says}\n")


def test_the_command_tells_all_that_is_wrong_at_once_and_ends_with_2() -> None:
    done = run("settings", "--json", settings={"database_url": "postgres://h/db", "http_host": "*", "borker": "x"})

    assert done.status == 2
    assert names(done.error.splitlines()) == ["SENTINEL_BORKER is set", "SENTINEL_HTTP_HOST", "SENTINEL_DATABASE_URL"]
    assert len(done.records) == len(Settings.model_fields)


@settings(max_examples=30)
@given(st.data())
def test_settings_that_are_wrong_in_many_ways_are_all_told_together(data: st.DataObject) -> None:
    ways = {
        "lease_s": "15m",
        "log_level": "loud",
        "media_hosts": "https://photos.example",
        "http_host": "*",
        "console_host": "tcp://desk",
        "data_dir": __file__,
        "replica_dir": f"{__file__}/x",
        "database_url": "postgres://h/db",
        "procedure": f"{__file__}.none",
        "evidence_url": "s3://<bucket>/own",
        "credit_key": "not-hex",
        "pseudonym_keys": "k:not-hex",
        "borker": "x",
    }
    chosen = data.draw(st.sets(st.sampled_from(sorted(ways)), min_size=1))
    chosen |= {"credit_key", "pseudonym_keys"} if chosen & {"credit_key", "pseudonym_keys"} else set()
    given_ = {name: ways[name] for name in chosen} | ({"credit_issuer": "us"} if "credit_key" in chosen else {})

    by_itself = run("settings", settings=given_)
    in_passing = run("db", "check", settings=given_ | {"heartbeat_s": "0"})

    assert (by_itself.status, in_passing.status) == (2, 2)
    for name in chosen:
        assert re.search(rf"\bSENTINEL_{name.upper()}\b( is set|:)", by_itself.error)
        assert re.search(rf"\bSENTINEL_{name.upper()}\b( is set|:)", in_passing.error)
    assert len(in_passing.error.splitlines()) == 1


def test_all_hosts_and_all_variables_given_twice_are_named() -> None:
    assert "'a b', 'c/d' are no hosts" in run("settings", settings={"media_hosts": "a b, good.example, c/d"}).error
    twice = {"sentinel_lease_s": "60", "SENTINEL_LEASE_S": "60", "sentinel_broker": "", "SENTINEL_BROKER": ""}
    with pytest.raises(SettingsError, match=r"sentinel_lease_s .*; sentinel_broker .* are one setting"):
        require_one_spelling(twice, "SENTINEL_")


def test_every_role_that_means_no_scope_is_named(tmp_path: Path) -> None:
    roles = tmp_path / "roles.yaml"
    roles.write_text("desk: reviewer\nhead: kaiser\nguest: nobody.at.all\n")

    said = told(oidc_roles=roles, oidc_issuer="https://login.example")

    assert "head: " in said[0]
    assert "guest: " in said[0]
    assert "desk: " not in said[0]


ADDRESSES = ("time_authority_url", "console_url", "oidc_issuer", "traces_url")


@given(
    st.sampled_from(ADDRESSES),
    NAME,
    st.sampled_from(
        ["https://{} b", "https://[::{}", "https://{}:99999/x", "https://{}:0", "https://:443/{}", "ftp://{}"]
    ),
)
def test_an_address_that_nobody_can_call_is_refused(setting: str, host: str, form: str) -> None:
    written = form.format(host)
    said = run("settings", settings={setting: written}).error
    assert f"SENTINEL_{setting.upper()}: give it as https://host/path" in said


@given(st.sampled_from(ADDRESSES), NAME, st.integers(1, 65_535))
def test_an_address_with_a_host_and_a_port_is_taken(setting: str, host: str, port: int) -> None:
    for written in (f"https://{host}.example", f"https://{host}:{port}/x", f"https://[::1]:{port}"):
        assert told(**{setting: written}) == []


@pytest.mark.parametrize("setting", ["media_url", "evidence_url"])
@pytest.mark.parametrize("url", ["file:///", "file:////", "file://host/x"])
def test_a_store_is_a_folder_and_not_the_whole_disk(setting: str, url: str) -> None:
    said = run("settings", settings={setting: url}).error
    assert f"SENTINEL_{setting.upper()}: give it as file:///folder or s3://bucket/prefix" in said


@pytest.mark.parametrize("setting", ["data_dir", "replica_dir"])
def test_a_folder_with_a_name_too_long_for_any_disk_is_told(setting: str) -> None:
    assert names(told(**{setting: "x" * 5_000})) == [f"SENTINEL_{setting.upper()}"]
