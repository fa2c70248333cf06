"""How to reach Kafka: what every client of aiokafka is given, built from the settings."""

import ssl
from typing import Any

from streams.adapters.kafka.header_names import read_every_name
from streams.adapters.kafka.topic_identity import ask_without_making
from streams.adapters.kafka.unpacking import hand_on_in_parts
from streams.errors import SettingsError
from streams.setting_files import content_of
from streams.settings import Settings


def connection(settings: Settings) -> dict[str, Any]:
    """Return the keyword arguments that connect any client of aiokafka; errors as in :func:`ssl_context`."""
    read_every_name()
    hand_on_in_parts()
    ask_without_making()
    given: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers,
        "security_protocol": settings.broker_security.upper(),
        "ssl_context": ssl_context(settings),
    }
    if settings.broker_security.startswith("sasl_"):
        user, password = credentials(settings)
        given |= {
            "sasl_mechanism": settings.broker_mechanism,
            "sasl_plain_username": user,
            "sasl_plain_password": password,
        }
    return given


def credentials(settings: Settings) -> tuple[str, str]:
    """Return user and password, which SASL cannot do without; :class:`SettingsError` where one is missing."""
    if settings.broker_user is None or settings.broker_password is None:
        msg = "SENTINEL_BROKER_USER, SENTINEL_BROKER_PASSWORD: SENTINEL_BROKER_SECURITY asks for both"
        raise SettingsError(msg)
    return settings.broker_user, settings.broker_password.get_secret_value()


def ssl_context(settings: Settings) -> ssl.SSLContext | None:
    """Return what verifies the broker's certificate and name, or None where the settings ask for no TLS.

    Raises :class:`SettingsError` when the CA file cannot be read.
    """
    if not settings.broker_security.endswith("ssl"):
        return None
    try:
        if settings.broker_ca_file is not None:
            content_of(settings.broker_ca_file)  # refuses what has no end, which OpenSSL would read on
        return ssl.create_default_context(cafile=settings.broker_ca_file)
    except (OSError, ValueError) as exc:  # a file that is no certificate is an ssl.SSLError, which is an OSError
        msg = f"SENTINEL_BROKER_CA_FILE: {settings.broker_ca_file} holds no readable certificates: {exc}"
        raise SettingsError(msg) from exc
