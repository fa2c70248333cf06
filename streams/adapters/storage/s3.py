"""S3 buckets as media and evidence use them: opened alike, with few retries, so that a failure shows in time."""

import re
from datetime import timedelta
from os import environ, strerror
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from streams.errors import StoreUnavailable

_STATUS = re.compile(r"status code: \d{3}")
_OF_SYSTEM = re.compile(r"\(os error (\d+)\)|Os \{\s*code: (\d+)")
_WORDS = {
    r"InvalidCertificate\(\s*(?:Expired|NotValidYet)": "its certificate holds no more, or not yet: have it renewed, "
    "or set the clock of this machine right",
    r"InvalidCertificate\(\s*NotValidForName": "its certificate is for another name: have AWS_ENDPOINT_URL name it so",
    r"InvalidCertificate\(": "nobody vouches here for its certificate: have SSL_CERT_FILE name its authority's",
    r"tls handshake eof|InvalidContentType": "it speaks no TLS: is AWS_ENDPOINT_URL to begin with http://?",
    r"failed to lookup address": "the name of its host is not known: see AWS_ENDPOINT_URL",
    r"operation timed out": "it does not answer in time",
}
"""How the library's own text, which names keys, tells what a person can mend, and what it is in our words."""


def open_bucket(url: str, answer_s: float) -> S3Store:
    """Return the store of ``s3://bucket/prefix``; nothing is contacted yet. One answer may take ``answer_s`` seconds.

    Credentials, region and endpoint come from ``AWS_*``; plain http is spoken only when ``AWS_ENDPOINT_URL`` says so.
    """
    parts = urlsplit(url)
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or environ.get("AWS_ENDPOINT", "")
    seconds = timedelta(seconds=answer_s)
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "timeout": seconds,
            "connect_timeout": min(seconds, timedelta(seconds=3)),
        },
        retry_config={"max_retries": 1, "retry_timeout": seconds},
    )


def unavailable(exc: Exception, *, which: str) -> StoreUnavailable:
    """Return the error of a store that does not answer. It names no key: keys hold what requests hold."""
    return StoreUnavailable(f"the {which} store does not answer: {why(exc)}")


def why(exc: Exception) -> str:
    """Return why a store failed, naming no key: a status, what the system says, a wrong certificate, or the class."""
    if status := _STATUS.search(str(exc)):
        return status[0]
    if number := _OF_SYSTEM.search(str(exc)):
        return strerror(int(number[1] or number[2]))
    for sign, words in _WORDS.items():
        if re.search(sign, str(exc)):
            return words
    return (isinstance(exc, OSError) and exc.strerror) or type(exc).__name__


def answers(store: S3Store) -> bool:
    """Return whether the bucket is there and lets itself be listed: then what is missing is the object alone."""
    try:
        next(iter(store.list(chunk_size=1)), None)
    except (BaseError, OSError):
        return False
    return True
