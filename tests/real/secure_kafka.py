"""An Apache Kafka that asks for a name and a password over TLS, with a certificate of its own."""

import subprocess

from tests.real.kafka import Kafka

USER = "sentinel"
PASSWORD = "let-me-in"  # noqa: S105 - of a broker that a test made
STORE_PASSWORD = "keystore"  # noqa: S105 - of a file that a test made
MECHANISM = "SCRAM-SHA-512"
FURTHER = {"PLAIN": "PLAINTEXT", "ASKING": "SASL_PLAINTEXT", "SEALED": "SSL"}
"""Listeners beside the one that clients use, by name, with how they speak."""


class SecureKafka(Kafka):
    """One broker behind SASL_SSL; ``ca_file`` verifies its certificate, which names 127.0.0.1.

    It listens in all four ways: :meth:`address_of` tells where.
    """

    def __init__(self) -> None:
        super().__init__(scram=f"{MECHANISM}=[name={USER},password={PASSWORD}]", ports=2 + len(FURTHER))
        self.ca_file = self.folder / "ca.pem"
        store = self.folder / "broker.p12"
        self._keytool("-genkeypair", store, "-storetype PKCS12 -keyalg EC -dname CN=kafka -ext SAN=ip:127.0.0.1")
        self._keytool("-exportcert", store, f"-rfc -file {self.ca_file}")
        trusted = self.folder / "trusted.p12"  # the broker is a client of its own
        self._keytool("-importcert", trusted, f"-storetype PKCS12 -noprompt -file {self.ca_file}")
        module = "org.apache.kafka.common.security.scram.ScramLoginModule"
        further = ",".join(f"{name}://127.0.0.1:{self.port + place}" for place, name in enumerate(FURTHER, start=2))
        kinds = ",".join(f"{name}:{kind}" for name, kind in FURTHER.items())
        self.configure(f"""
listeners=CLIENT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.port + 1},{further}
advertised.listeners=CLIENT://127.0.0.1:{self.port},{further}
listener.security.protocol.map=CLIENT:SASL_SSL,CONTROLLER:PLAINTEXT,{kinds}
ssl.keystore.location={store}
ssl.keystore.type=PKCS12
ssl.keystore.password={STORE_PASSWORD}
ssl.truststore.location={trusted}
ssl.truststore.type=PKCS12
ssl.truststore.password={STORE_PASSWORD}
sasl.enabled.mechanisms={MECHANISM}
sasl.mechanism.inter.broker.protocol={MECHANISM}
listener.name.client.scram-sha-512.sasl.jaas.config={module} required username="{USER}" password="{PASSWORD}";
listener.name.asking.scram-sha-512.sasl.jaas.config={module} required username="{USER}" password="{PASSWORD}";
""")

    def address_of(self, security: str) -> str:
        """Return the address of the listener that speaks so: ``sasl_ssl`` and its like."""
        number = {"sasl_ssl": 0} | {kind.lower(): place for place, kind in enumerate(FURTHER.values(), start=2)}
        return f"kafka://127.0.0.1:{self.port + number[security]}"

    @staticmethod
    def _keytool(action: str, store: object, options: str) -> None:
        command = ["keytool", action, "-alias", "broker", "-keystore", str(store), "-storepass", STORE_PASSWORD]
        subprocess.run([*command, *options.split()], check=True, capture_output=True)
