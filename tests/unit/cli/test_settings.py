"""Settings are shown whole, in one place, and without what must stay secret."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from streams.cli.setting_rows import MASK, declared, shown, unknown
from streams.cli.unused_settings import unused
from streams.errors import SettingsError
from streams.settings import Settings, load
from tests.command_line import run


def test_every_setting_has_a_title_and_is_named_once() -> None:
    names = [row["name"] for row in declared()]
    assert len(set(names)) == len(Settings.model_fields)
    assert all(row["title"] for row in declared())


def test_a_setting_that_carries_a_unit_in_its_name_says_it() -> None:
    units = {row["name"]: row["unit"] for row in declared()}
    assert units["SENTINEL_PHOTO_LIMIT_S"] == "seconds"
    assert units["SENTINEL_PHOTO_LIMIT_BYTES"] == "bytes"
    assert units["SENTINEL_LOOK_BACK_DAYS"] == "days"
    assert units["SENTINEL_BROKER"] == ""


def test_a_setting_says_what_may_be_given() -> None:
    allowed = {row["name"]: row["allowed"] for row in declared()}
    assert allowed["SENTINEL_LOG_FORMAT"] == "console, json"
    assert allowed["SENTINEL_HTTP_PORT"] == "from 0 to 65535"
    assert allowed["SENTINEL_DEAD_LETTER_STOP_RATIO"] == "above 0 to 1"
    assert allowed["SENTINEL_BROKER"] == ""


def test_the_settings_are_printed_one_object_a_line_as_they_are_now() -> None:
    done = run("settings", "--json", settings={"batch": "7", "media_hosts": "a.example,b.example"})
    now = {row["name"]: row["value"] for row in done.records}
    assert (done.status, done.error) == (0, "")
    assert now["SENTINEL_BATCH"] == "7"
    assert now["SENTINEL_MEDIA_HOSTS"] == "a.example,b.example"
    assert now["SENTINEL_INSTANCE"] == ""


def test_no_form_of_the_output_shows_a_secret() -> None:
    secret = "hunter2"  # noqa: S105 - the test looks for it
    given = {
        "broker_password": secret,
        "audit_key": secret,
        "database_url": f"postgresql://sentinel:{secret}@db.example/refunds?sslpassword={secret}&x=1",
    }
    shown_to = {form: run("settings", *form, settings=given).text for form in ((), ("--json",))}
    assert {form: secret in text for form, text in shown_to.items()} == {(): False, ("--json",): False}
    assert f"postgresql://sentinel:{MASK}@db.example/refunds?sslpassword={MASK}&x=1" in shown_to["--json",]


def test_a_variable_that_looks_like_a_setting_and_is_none_is_named() -> None:
    done = run("settings", "--json", settings={"brokr": "kafka://a:1", "colour": "red", "brokers": ""})
    assert done.status == 2
    assert len(done.records) == len(Settings.model_fields)
    assert done.error.splitlines() == [
        "SENTINEL_BROKR is set, but is no setting: is SENTINEL_BROKER meant?",
        "SENTINEL_COLOUR is set, but is no setting: is it misspelt?",
    ]


def test_every_variable_that_is_set_to_nothing_counts_as_not_set() -> None:
    done = run("settings", "--json", settings=dict.fromkeys(Settings.model_fields, ""))
    assert (done.status, done.error) == (0, "")
    assert done.records == run("settings", "--json").records


def read(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return load()


def test_what_a_file_of_variables_leaves_around_a_value_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "database_url": "sqlite:///one.db\r",
        "data_dir": " here\r\n",
        "media_url": "file:///photos\r",
        "broker_security": " ssl",
        "policy_four_eyes": "TRUE\r",
        "broker_password": " begins with a blank\r\n",
        "audit_key": " \t",
        "instance": "decide-0\r",
        "console_url": "  ",
    }.items():
        monkeypatch.setenv(f"SENTINEL_{name.upper()}", value)
    found = load()
    assert (found.database_url, str(found.data_dir), found.media_url) == ("sqlite:///one.db", "here", "file:///photos")
    assert (found.broker_security, found.policy_four_eyes, found.instance) == ("ssl", True, "decide-0")
    assert found.broker_password is not None
    assert found.broker_password.get_secret_value() == " begins with a blank"
    assert (found.audit_key, found.console_url) == (None, None)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("SENTINEL_SESSION_TIMEOUT_S", "15m", "a number alone, in seconds"),
        ("SENTINEL_PHOTO_LIMIT_BYTES", "1GB", "a whole number alone, in bytes"),
        ("SENTINEL_PHOTO_LIMIT_BYTES", "30000000.5", "a whole number alone, in bytes"),
        ("SENTINEL_DEAD_LETTER_STOP_RATIO", "10%", "a number alone"),
        ("SENTINEL_HTTP_PORT", "9464/tcp", "a whole number alone"),
    ],
)
def test_a_number_with_its_unit_is_refused_with_the_unit_that_it_is_given_in(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, what: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: give {what}$"):
        read(monkeypatch, **{name: value})


@pytest.mark.parametrize("value", ['"sqlite:///one.db"', "'sqlite:///one.db'\r"])
def test_a_value_in_quotes_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    with pytest.raises(SettingsError, match="SENTINEL_DATABASE_URL: it stands in quotes: write it without them"):
        read(monkeypatch, SENTINEL_DATABASE_URL=value)


@pytest.mark.parametrize(
    "name", [f"SENTINEL_{name}" for name in ("CONSOLE_URL", "TIME_AUTHORITY_URL", "OIDC_ISSUER", "TRACES_URL")]
)
def test_an_address_without_its_beginning_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for value in ("desk.example", "https://", "https:///desk", "desk"):
        with pytest.raises(SettingsError, match=f"{name}: give it as https://host/path"):
            read(monkeypatch, **{name: value})
    read(monkeypatch, **{name: "https://desk.example"})


def test_a_path_may_begin_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert (
        read(monkeypatch, SENTINEL_DATA_DIR="~/sentinel", SENTINEL_POLICY="~/one.yaml").data_dir
        == tmp_path / "sentinel"
    )


def test_one_setting_in_two_spellings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, sentinel_broker="kafka://one:1").broker == "kafka://one:1"
    with pytest.raises(SettingsError, match=r"are one setting: keep SENTINEL_BROKER alone"):
        read(monkeypatch, SENTINEL_BROKER="kafka://two:2")


def test_a_misspelt_variable_in_small_letters_is_named_too() -> None:
    assert unknown({"sentinel_brokr": "kafka://a:1", "SENTINEL_X": " "}) == {"SENTINEL_BROKR": "SENTINEL_BROKER"}


@pytest.mark.parametrize("name", ["host 7", "a" * 101, "机器", "host-7\n1"])
def test_a_worker_s_name_that_cannot_be_used_is_told_in_words(name: str) -> None:
    done = run("settings", settings={"instance": name})
    allowed = "1 to 100 letters, digits, full stops, underscores or hyphens (A-Z a-z 0-9 . _ -)"
    assert (done.status, done.error) == (2, f"SENTINEL_INSTANCE: give {allowed}\n")


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("postgresql://u:p@h/d", f"postgresql://u:{MASK}@h/d"),
        ("postgresql://u:p@ss@h/d", f"postgresql://u:{MASK}@h/d"),
        ("postgresql://u:p/w@h/d", f"postgresql://u:{MASK}@h/d"),
        ("postgresql://:p@h/d", f"postgresql://:{MASK}@h/d"),
        ("postgresql://u@h:5432/d", "postgresql://u@h:5432/d"),
        ("postgresql:///d?host=h&password=p", f"postgresql:///d?host=h&password={MASK}"),
        ("sqlite:////var/lib/sentinel.db", "sqlite:////var/lib/sentinel.db"),
        ("kafka://a:1,b:2", "kafka://a:1,b:2"),
    ],
)
def test_the_password_of_a_url_is_masked_and_nothing_else(url: str, masked: str) -> None:
    assert shown(url) == masked


@pytest.mark.parametrize(
    "host", ["https://cdn.example", "cdn.example/photos", "*.example", "user@cdn.example", "cdn.example:"]
)
def test_a_host_that_would_never_match_is_refused_with_how_to_write_it(host: str) -> None:
    done = run("settings", "--json", settings={"media_hosts": f"a.example,{host}"})
    assert (done.status, done.text) == (2, "")
    assert f"SENTINEL_MEDIA_HOSTS: {host!r} is no host: give names alone" in done.error


def test_hosts_and_servers_may_have_blanks_between_them_and_the_usual_port() -> None:
    done = run("settings", "--json", settings={"media_hosts": "a.example:443, ::1", "broker": "kafka://a:1, b:2"})
    now = {row["name"]: row["value"] for row in done.records}
    assert (now["SENTINEL_MEDIA_HOSTS"], now["SENTINEL_BROKER"]) == ("a.example,::1", "kafka://a:1,b:2")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("broker", "kafka://a:1;b:1", "several separated by commas"),
        ("broker", "kafka://user:secret@a:1", "a user stands in SENTINEL_BROKER_USER"),
        ("broker", "kafka://a:1/topic", "several separated by commas"),
        ("media_url", "s3://", "give it as file:///folder or s3://bucket/prefix"),
        ("media_url", "s3:///prefix", "give it as file:///folder or s3://bucket/prefix"),
    ],
)
def test_an_address_of_another_form_is_refused_with_how_to_write_it(name: str, value: str, says: str) -> None:
    done = run("settings", "--json", settings={name: value})
    assert (done.status, done.text) == (2, "")
    assert f"SENTINEL_{name.upper()}: give it as" in done.error
    assert says in done.error


@pytest.mark.parametrize(
    ("given", "others", "name"),
    [
        ({"broker_ca_file": Path("ca.pem")}, {"broker_security": "sasl_ssl"}, "SENTINEL_BROKER_CA_FILE"),
        ({"broker_user": "sentinel"}, {"broker_security": "sasl_plaintext"}, "SENTINEL_BROKER_USER"),
        ({"local_accounts": False}, {"oidc_issuer": "https://id.example"}, "SENTINEL_LOCAL_ACCOUNTS"),
        ({"oidc_roles_claim": "groups"}, {"oidc_issuer": "https://id.example"}, "SENTINEL_OIDC_ROLES_CLAIM"),
        (
            {"time_authority_roots": Path("tsa.pem")},
            {"time_authority_url": "https://tsa.example"},
            "SENTINEL_TIME_AUTHORITY_ROOTS",
        ),
        ({"traces_share": 0.5}, {"traces_url": "http://collector:4318/v1/traces"}, "SENTINEL_TRACES_SHARE"),
    ],
)
def test_a_setting_that_another_one_leaves_without_effect_is_named(
    given: dict[str, object], others: dict[str, object], name: str
) -> None:
    assert list(unused(Settings.model_validate(given))) == [name]
    assert unused(Settings.model_validate(given | others)) == {}


def test_a_certificate_for_a_broker_without_tls_is_named_where_settings_are_shown() -> None:
    done = run("settings", "--json", settings={"broker_ca_file": "ca.pem"})

    assert done.status == 0
    assert done.error == (
        "SENTINEL_BROKER_CA_FILE has no effect: SENTINEL_BROKER_SECURITY is neither ssl nor sasl_ssl\n"
    )


@pytest.mark.parametrize("process", [("console",), ("worker", "decide")], ids=" ".join)
def test_whatever_runs_on_says_of_a_misspelt_variable_which_one_may_be_meant(process: tuple[str, ...]) -> None:
    given = {"OIDC_ISUER": "https://id.example", "BROKER_USER": "me", "DATA_DIR": __file__}
    own = {name: value for name, value in os.environ.items() if not name.startswith("SENTINEL_")}
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli", *process],
        env=own | {f"SENTINEL_{name}": value for name, value in given.items()},
        capture_output=True,
        check=False,
    )

    said = [json.loads(line) for line in done.stderr.splitlines()]
    warned = {line["variable"]: line for line in said if line["level"] == "warning"}
    assert warned["SENTINEL_OIDC_ISUER"]["nearest"] == "SENTINEL_OIDC_ISSUER"
    assert warned["SENTINEL_BROKER_USER"]["why"] == "SENTINEL_BROKER_SECURITY is not one of sasl"
    assert done.returncode == 2
    assert said[-1]["reason"].startswith(f"SENTINEL_DATA_DIR: {__file__} cannot be written to")


def test_a_sign_that_comes_later_than_the_lease_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"^SENTINEL_HEARTBEAT_S: 30 is not below SENTINEL_LEASE_S \(30\)"):
        read(monkeypatch, SENTINEL_LEASE_S="30")

    assert read(monkeypatch, SENTINEL_LEASE_S="30", SENTINEL_HEARTBEAT_S="10").lease_s == 30


@pytest.mark.parametrize(
    ("evidence", "named"),
    [
        ("s3://photos/platform/own", True),
        ("s3://photos/platform/", True),
        ("s3://photos/platform-own", False),
        ("s3://photos", False),
    ],
)
def test_own_copies_that_a_request_may_name_are_told(evidence: str, named: bool) -> None:  # noqa: FBT001 - a case
    done = run("settings", settings={"media_url": "s3://photos/platform", "evidence_url": evidence})

    assert ("SENTINEL_EVIDENCE_URL: our own copies lie among the platform's photos" in done.error) == named
    assert done.status == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("databse_url", "SENTINEL_DATABSE_URL is set, but is no setting: is SENTINEL_DATABASE_URL meant?\n"),
        ("teapot_colour_of_ours", ""),
    ],
)
def test_a_short_command_asks_about_a_variable_that_is_surely_misspelt(name: str, said: str, tmp_path: Path) -> None:
    checked = run("db", "upgrade", settings={"database_url": f"sqlite:///{tmp_path}/s.db", name: "x"})
    assert checked.status == 0
    assert (said in checked.error, "is no setting" in checked.error) == (True, bool(said)), checked.error
