"""Posting to addresses that others gave: https to public addresses alone, no redirects, little patience. Calls block.

The name is looked up once, every address behind it is checked, and the connection goes to one that was checked: what
the name means a moment later changes nothing.
"""

import ipaddress
import socket
import ssl
from collections.abc import Sequence
from http.client import HTTPException
from urllib.parse import SplitResult, urlsplit

from streams.adapters.http_exchange import Deadline, exchange
from streams.errors import Invalid
from streams.webhooks.records import Posted

EXCHANGE_S = 15.0
URL_AT_MOST = 1_024
_UNICAST = ipaddress.IPv6Network("2000::/3")
"""What IPv6 has handed out for the public: all else is reserved, or leads into a network of one's own."""
_OWN = (".localhost", ".local", ".internal", ".home.arpa")
"""How names end that mean something within a network of one's own alone."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a host without IPv4 calls them (RFC 6052): the last 32 bits say which."""


class WebhookPost:
    """Fulfils :class:`streams.webhooks.records.Post`."""

    def __init__(self, *, private_allowed: bool, exchange_s: float = EXCHANGE_S) -> None:
        """``private_allowed``: http and addresses of one's own network too, which an operator has to want.

        ``exchange_s``: how long the whole exchange may take, from the name to the answer's last header.
        """
        self._private_allowed = private_allowed
        self._exchange_s = exchange_s

    def require_allowed(self, url: str) -> None:
        """Raise :class:`Invalid` unless webhooks may be posted to this address; names are looked up at each sending."""
        parts = _parts(url)
        schemes = {"https", "http"} if self._private_allowed else {"https"}
        if parts is None or parts.scheme not in schemes or len(url) > URL_AT_MOST:
            msg = "url: give an https:// address without user, password or fragment"
            raise Invalid(msg)
        if not self._private_allowed and _is_private(parts.hostname or ""):
            msg = "url: this is no public address (SENTINEL_WEBHOOK_PRIVATE_ALLOWED lets one's own network in)"
            raise Invalid(msg)

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Posted:
        """Return what came of posting ``body``: a status, or why there is none; redirects are not followed."""
        deadline = Deadline(self._exchange_s)
        try:
            self.require_allowed(url)
            with exchange("POST", url, deadline, body=body, headers=headers, allowed=self._require_public) as answer:
                return Posted(status=answer.status)
        except (Invalid, OSError, HTTPException, UnicodeError) as exc:
            return Posted(error=_in_words(exc))

    def _require_public(self, host: str, found: Sequence[str]) -> None:
        if not self._private_allowed and any(_is_private(address) for address in found):
            msg = f"{host} is an address of a private network"
            raise Invalid(msg)


def _parts(url: str) -> SplitResult | None:
    """Return the parts of an address, None where it is none that can be called."""
    try:
        parts = urlsplit(url)
        fits = bool(parts.hostname) and "@" not in parts.netloc and not parts.fragment and parts.port != 0
    except ValueError:
        return None
    return parts if fits and url.isascii() and url.isprintable() and " " not in url else None


def _is_private(host: str) -> bool:
    """Return whether this is, in figures, an address that is not public; a name is not."""
    name = host.rstrip(".").lower()
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return f".{name}".endswith(_OWN) or _is_number(name)
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return _is_private(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        if address not in _UNICAST or address.sixtofour is not None:
            return True
    return not address.is_global or address.is_multicast


def _is_number(host: str) -> bool:
    """Return whether this is an IPv4 address written shorter, as 127.1 or 0x7f000001, which no public service is."""
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


def _in_words(exc: Exception) -> str:
    match exc:
        case Invalid():
            return str(exc)
        case TimeoutError():
            return "the address did not answer in time"
        case ssl.SSLCertVerificationError():
            return f"the address shows no certificate that is trusted ({exc.verify_message.rstrip('.')})"
        case ssl.SSLError():
            return "the address shows no certificate that is trusted"
        case socket.gaierror():
            return "the name of the address is not known"
        case _:
            return "the address could not be connected to"
