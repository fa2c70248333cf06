from pathlib import Path

import pytest

from streams.adapters.kafka.connection import connection, ssl_context
from streams.errors import SettingsError
from streams.settings import Settings


def settings(**given: object) -> Settings:
    return Settings.model_validate(given)


def test_a_plain_connection_asks_for_no_tls_and_no_name() -> None:
    assert connection(settings(broker="kafka://a:1,b:2")) == {
        "bootstrap_servers": ["a:1", "b:2"],
        "security_protocol": "PLAINTEXT",
        "ssl_context": None,
    }


def test_name_and_password_travel_over_a_verified_connection() -> None:
    given = connection(settings(broker_security="sasl_ssl", broker_user="app", broker_password="secret"))
    context = given.pop("ssl_context")
    assert context.check_hostname
    assert given == {
        "bootstrap_servers": ["127.0.0.1:9092"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "app",
        "sasl_plain_password": "secret",
    }


@pytest.mark.parametrize("given", [{}, {"broker_user": "app"}, {"broker_password": "secret"}])
def test_a_login_without_name_or_password_is_a_wrong_setting(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"SENTINEL_BROKER_USER, SENTINEL_BROKER_PASSWORD"):
        connection(settings(broker_security="sasl_plaintext", **given))


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "not a certificate"])
def test_a_ca_file_that_cannot_be_read_is_a_wrong_setting(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match=r"SENTINEL_BROKER_CA_FILE: .*ca\.pem holds no readable certificates"):
        ssl_context(settings(broker_security="ssl", broker_ca_file=file))
