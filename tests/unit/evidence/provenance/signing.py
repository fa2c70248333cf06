"""A certificate authority for tests, and photos with C2PA manifests that it stands for. Nothing leaves the machine."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.photos import jpeg
from tests.unit.evidence.provenance.files import SMALL

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_BORN = datetime(2026, 1, 1, tzinfo=UTC)
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class Authority:
    """``anchors``: its own certificate, PEM. ``signer``: who signs in its name."""

    anchors: str
    signer: Any


@cache
def an_authority(name: str = "Test CA") -> Authority:
    authority_key, signer_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate(name, name, authority_key, authority_key, authority=True)
    signer = _certificate(f"{name} signer", name, signer_key, authority_key, authority=False)
    info = c2pa.C2paSignerInfo(
        b"es256",
        signer.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(serialization.Encoding.PEM),
        signer_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        None,  # no time stamps: they would need the network
    )
    return Authority(authority.public_bytes(serialization.Encoding.PEM).decode(), c2pa.Signer.from_info(info))


def _certificate(
    name: str, issuer: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, *, authority: bool
) -> x509.Certificate:
    def named(who: str) -> x509.Name:
        return x509.Name(
            [x509.NameAttribute(NameOID.ORGANIZATION_NAME, who), x509.NameAttribute(NameOID.COMMON_NAME, who)]
        )

    usage = dict.fromkeys(_USAGES, False) | ({"key_cert_sign": True} if authority else {"digital_signature": True})
    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_BORN)
        .not_valid_after(_BORN + timedelta(days=20_000))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not authority:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return made.sign(by, hashes.SHA256())


def signed(
    photo: bytes | None = None,
    *,
    media_type: str = "image/jpeg",
    authority: Authority | None = None,
    remote: str | None = None,
    embed: bool = True,
    then: dict[str, Any] | None = None,
    **created: Any,
) -> bytes:
    """A photo with a manifest: ``c2pa.created`` by a camera, unless said otherwise, and what was done ``then``.

    ``program`` among the rest made the claim; ``further`` are assertions beside that of the actions.
    """
    program, further = created.pop("program", "Test camera"), created.pop("further", ())
    first = {"action": "c2pa.created", "digitalSourceType": f"{SOURCE_TYPES}digitalCapture"} | created
    builder = c2pa.Builder(
        {
            "claim_generator_info": [{"name": program, "version": "1"}],
            "format": media_type,
            "assertions": [
                {"label": "c2pa.actions", "data": {"actions": [first, *([then] if then else [])]}},
                *further,
            ],
        }
    )
    if remote is not None:
        builder.set_remote_url(remote)
    if not embed:
        builder.set_no_embed()
    file = io.BytesIO()
    builder.sign((authority or an_authority()).signer, media_type, io.BytesIO(photo or jpeg(SMALL)), file)
    return file.getvalue()
