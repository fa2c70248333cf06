"""Servers on this machine that speak TLS and say nothing, with certificates that are wrong in one way each."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOUR = timedelta(hours=1)
WRONG = {"expired": (-2 * HOUR, -HOUR), "not yet": (HOUR, 2 * HOUR)}
"""From when to when such a certificate holds, from now on; any other holds now."""


@contextmanager
def tls_server(folder: Path, wrong: str = "", *, asks_for_one: bool = False) -> Iterator[tuple[int, Path]]:
    """Yield the port of a server, and the file of the authority that certified it.

    ``wrong``: ``expired``, ``not yet`` or ``another name`` than 127.0.0.1. ``asks_for_one``: clients need one, too.
    """
    authority, own = _certified(folder, wrong)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    if asks_for_one:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority)

    class Silent(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with context.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False) as secured:
                with suppress(OSError):
                    secured.do_handshake()
                with suppress(OSError):  # what is closed before it is read takes the alert with it
                    socket.socket.recv(secured, 4_096)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1], authority
        finally:
            server.shutdown()
            thread.join()


def _certified(folder: Path, wrong: str) -> tuple[Path, Path]:
    """Return the files of an authority, and of a server's certificate by it with its key."""
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("authority", "server")}
    now = datetime.now(UTC)
    first, last = WRONG.get(wrong, (-HOUR, HOUR))
    address = IPv4Address("10.9.9.9" if wrong == "another name" else "127.0.0.1")
    files = []
    for name, key in keys.items():
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named("authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + (first if name == "server" else -3 * HOUR))
            .not_valid_after(now + (last if name == "server" else 3 * HOUR))
            .add_extension(x509.BasicConstraints(ca=name == "authority", path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(address)]), critical=False)
            .sign(keys["authority"], hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        files.append(folder / f"{name}.pem")
        shown = certificate.public_bytes(serialization.Encoding.PEM)
        files[-1].write_bytes(shown if name == "authority" else private + shown)
    return files[0], files[1]


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
