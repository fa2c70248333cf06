"""Why Kafka does not have us: what is wrong is found out by asking, since a closed connection says nothing.

A listener speaks TLS or does not, and asks for a name and a password or does not; a client that takes it for another
kind is hung up on, or waits for an answer that never comes.
"""

import asyncio
import ssl
from contextlib import suppress
from typing import Any

from aiokafka.conn import AIOKafkaConnection, create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.admin import SaslHandShakeRequest
from aiokafka.protocol.metadata import MetadataRequest

from streams.adapters.certificates import asks_for_ours, what_to_do
from streams.settings import Settings

ANSWER_S, OPENS_S = 5.0, 2.0
MECHANISM = "set SENTINEL_BROKER_MECHANISM"
_OURS = (
    "asks for a certificate of its clients, which we have none of: name a listener without "
    "ssl.client.auth=required, for a user and a password"
)
FAILURES = (KafkaError, OSError, TimeoutError, ValueError)
"""What aiokafka raises while it connects; :class:`ValueError`: a SCRAM answer that is none."""


async def why_refused(settings: Settings, given: dict[str, Any]) -> str | None:
    """Return in a sentence what a person has to mend before a broker accepts us; None where nothing is found.

    ``given`` are the arguments of a connection, as :func:`streams.adapters.kafka.clients.connection` makes them.
    """
    how = {name: value for name, value in given.items() if name != "bootstrap_servers"}
    for server in settings.bootstrap_servers:
        host, _, port = server.rpartition(":")
        listener = _Listener(host, int(port), settings)
        if (why := await listener.why_refused(how) or await _why_named_refuse(listener, how, settings)) is not None:
            return why
    return None


async def _why_named_refuse(listener: "_Listener", how: dict[str, Any], settings: Settings) -> str | None:
    """Return what is wrong with the first broker that the cluster names and that can be reached: all are alike."""
    with suppress(*FAILURES):
        for host, port in await listener.brokers(how):
            if (host, port) == listener.address:
                return None
            if await _opens(host, port):
                return await _Listener(host, port, settings).why_refused(how)
    return None


async def why_away(settings: Settings, given: dict[str, Any]) -> str | None:
    """Return in a sentence why Kafka, which may be up, cannot be reached from here; None where nothing is found.

    Either its host has no address here, or the cluster answers and names its brokers by addresses that cannot be
    reached from here. Both may pass by themselves. ``given`` is as in :func:`why_refused`.
    """
    how = {name: value for name, value in given.items() if name != "bootstrap_servers"}
    unknown = []
    for server in settings.bootstrap_servers:
        host, _, port = server.rpartition(":")
        if not await _is_known(host.strip("[]")):
            unknown.append(host)
            continue
        with suppress(*FAILURES):
            named = await _Listener(host, int(port), settings).brokers(how)
            if not named or any([await _opens(*each) for each in named]):
                return None
            said = ", ".join(f"{name}:{number}" for name, number in named)
            return (
                f"it answers at {server} and says that its brokers are at {said}, which cannot be reached from here: "
                "mend advertised.listeners there, or names and network here"
            )
    return f"nobody here knows the host {', '.join(unknown)}: set SENTINEL_BROKER right" if unknown else None


async def _is_known(host: str) -> bool:
    try:
        await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return False
    return True


async def _opens(host: str, port: int) -> bool:
    with suppress(OSError, TimeoutError, UnicodeError):
        async with asyncio.timeout(OPENS_S):
            _, writer = await asyncio.open_connection(host, port)
        writer.close()
        return True
    return False


class _Listener:
    def __init__(self, host: str, port: int, settings: Settings) -> None:
        self._at = f"Kafka at {host}:{port}"
        self.address = self._host, self._port = host, port
        self._settings = settings
        self._tls = settings.broker_security.endswith("ssl")
        self._sasl = settings.broker_security.startswith("sasl")

    async def why_refused(self, how: dict[str, Any]) -> str | None:
        """Return what is wrong with how we connect to this one; None where it does not answer, or has us."""
        try:
            connection = await self._connect(**how)
        except UnsupportedSaslMechanismError:
            offered = await self._mechanisms(how | {"security_protocol": "SSL" if self._tls else "PLAINTEXT"})
            return f"{self._at} does not take {self._settings.broker_mechanism}: {MECHANISM} to one of {offered}"
        except FAILURES as exc:
            return self._named(exc) or await self._by_asking(exc)
        connection.close()
        if self._sasl or not (offered := await self._mechanisms(how)):
            return None
        return f"{self._at} asks for a user and a password ({offered}): {self._other('with sasl_')}"

    async def brokers(self, how: dict[str, Any]) -> list[tuple[str, int]]:
        """Return the addresses by which the cluster's brokers are to be reached, as this one says."""
        connection = await self._connect(**how)
        try:
            answer = await connection.send(MetadataRequest([]))
        finally:
            connection.close()
        return [(host, port) for _, host, port, *_ in answer.brokers]

    def _named(self, exc: BaseException) -> str | None:
        """Return what the failure itself says is wrong."""
        match exc:
            case SaslAuthenticationFailed():
                settings = "SENTINEL_BROKER_USER and SENTINEL_BROKER_PASSWORD"
                return f"{self._at} refuses the user {self._settings.broker_user} or its password: set {settings} right"
            case IllegalSaslStateError():
                return f"{self._at} asks for no user and password: {self._other('without sasl_')}"
            case ssl.SSLCertVerificationError():
                to_do = what_to_do(exc, "set SENTINEL_BROKER_CA_FILE right")
                return f"{self._at} has a certificate that is not trusted ({exc.verify_message.rstrip('.')}): {to_do}"
        return f"{self._at} {_OURS}" if asks_for_ours(exc.__cause__) else None

    async def _by_asking(self, exc: BaseException) -> str | None:
        """Return what is wrong where the connection was closed, or stayed silent."""
        if isinstance(exc, ConnectionRefusedError):
            return None
        if self._tls:
            with suppress(*FAILURES):
                (await self._connect(security_protocol="PLAINTEXT")).close()
                return f"{self._at} speaks no TLS: {self._other('without ssl')}"
        elif await self._speaks_tls():
            return f"{self._at} speaks TLS: {self._other('with ssl')}"
        return None

    async def _mechanisms(self, how: dict[str, Any]) -> str:
        """Return which mechanisms of SASL are taken here, asked without one; none where no SASL is asked for."""
        connection = await self._connect(**how)
        try:
            answer = await connection.send(SaslHandShakeRequest("PLAIN"))
        finally:
            connection.close()
        return "" if answer.error_code == IllegalSaslStateError.errno else ", ".join(answer.enabled_mechanisms)

    async def _speaks_tls(self) -> bool:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # whose it is matters to nobody here: nothing is sent
        with suppress(*FAILURES):
            async with asyncio.timeout(ANSWER_S):
                _, writer = await asyncio.open_connection(self._host, self._port, ssl=context)
            writer.close()
            return True
        return False

    async def _connect(self, **how: Any) -> AIOKafkaConnection:
        return await create_conn(self._host, self._port, request_timeout_ms=int(ANSWER_S * 1000), **how)

    def _other(self, which: str) -> str:
        return f"set SENTINEL_BROKER_SECURITY, now {self._settings.broker_security}, to one {which}"
