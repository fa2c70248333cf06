"""A time authority over HTTP (RFC 3161), and the look at what it stamped.

It is sent a SHA-512 of the head and a number of this request alone, and asked for its certificate, so that a response
verifies without it: years later, offline, by its root certificates.
"""

import hashlib
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from streams.adapters.certificates import in_words
from streams.adapters.http_exchange import Deadline, content, exchange
from streams.errors import AuthorityUnavailable, BadStamp, SettingsError
from streams.setting_files import content_of

ANSWER_S = 20.0
RESPONSE_AT_MOST = 65_536
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
HASHES = {
    "2.16.840.1.101.3.4.2.1": hashlib.sha256,
    "2.16.840.1.101.3.4.2.2": hashlib.sha384,
    "2.16.840.1.101.3.4.2.3": hashlib.sha512,
}


def roots_of(path: Path | None) -> list[Certificate]:
    """Return the certificates of a PEM file, none where there is none; :class:`SettingsError` where it has none."""
    if path is None:
        return []
    try:
        return load_pem_x509_certificates(content_of(path))
    except (OSError, ValueError) as exc:
        msg = f"SENTINEL_TIME_AUTHORITY_ROOTS: {path} has no certificates to read ({exc})"
        raise SettingsError(msg) from exc


class Rfc3161Check:
    """Fulfils :class:`streams.casework.record.sealing_ports.StampCheck`."""

    def __init__(self, roots: Sequence[Certificate]) -> None:
        """``roots`` are the authority's; without any, what was stamped is compared, and no signature."""
        self._roots = list(roots)

    @property
    def trusts(self) -> bool:
        """Whether signatures are looked at."""
        return bool(self._roots)

    def stamped_at_ms(self, response: bytes, head: bytes) -> int:
        """Return when ``head`` was stamped; :class:`BadStamp` when this is no stamp on it."""
        return self.time_of(_decoded(response), head)

    def time_of(self, response: TimeStampResponse, head: bytes, nonce: int | None = None) -> int:
        """Return when ``head`` was stamped, in Unix milliseconds; errors as above. ``nonce`` is that of a request."""
        try:
            info = response.tst_info
            digest = HASHES[info.message_imprint.hash_algorithm.dotted_string](head).digest()
        except (ValueError, KeyError) as exc:
            msg = f"the authority's response holds no stamp by SHA-256, -384 or -512 ({exc})"
            raise BadStamp(msg) from exc
        if info.message_imprint.message != digest or (nonce is not None and info.nonce != nonce):
            msg = "the stamp is on something else, not on this head"
            raise BadStamp(msg)
        if self._roots:
            try:
                VerifierBuilder(roots=list(self._roots)).build().verify(response, digest)
            except (VerificationError, ValueError) as exc:
                msg = f"the stamp's signature does not lead to the given root certificates ({exc})"
                raise BadStamp(msg) from exc
        return int(info.gen_time.timestamp() * 1_000)


class HttpTimeAuthority:
    """Fulfils :class:`streams.casework.record.sealing_ports.TimeAuthority`."""

    def __init__(self, url: str, check: Rfc3161Check, answer_s: float = ANSWER_S) -> None:
        """``answer_s``: seconds until its answer has to be here as a whole."""
        self.url = url
        self._answer_s = answer_s
        self._check = check

    def stamp(self, head: bytes) -> bytes:
        """Return its response on ``head``, once that was verified; :class:`AuthorityUnavailable` where it is none."""
        request = TimestampRequestBuilder().data(head).hash_algorithm(HashAlgorithm.SHA512).build()
        body = self._ask(request.as_bytes())
        try:
            self._check.time_of(_decoded(body), head, request.nonce)
        except BadStamp as exc:
            raise AuthorityUnavailable(str(exc)) from exc
        return body

    def _ask(self, query: bytes) -> bytes:
        try:
            with exchange("POST", self.url, Deadline(self._answer_s), body=query, headers=HEADERS) as answer:
                body = content(answer, RESPONSE_AT_MOST + 1)
        except (OSError, HTTPException, ValueError) as exc:
            msg = f"the time authority does not answer ({in_words(exc)})"
            raise AuthorityUnavailable(msg) from exc
        if answer.status != 200 or len(body) > RESPONSE_AT_MOST:  # noqa: PLR2004 - HTTP's "OK"
            msg = f"the time authority answers HTTP {answer.status}, {len(body)} bytes"
            raise AuthorityUnavailable(msg)
        return body


def _decoded(response: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(response)
    except ValueError as exc:
        msg = f"this is no response of a time authority ({exc})"
        raise BadStamp(msg) from exc
