"""What is wrong with a certificate that another side shows, and what a person does about it."""

import ssl

_RENEW = "have it renewed there; where it holds today, set the clock of this machine right"
_OTHER_NAME = "name it as its certificate does, or have it certified for this name"
_TO_DO = {9: _RENEW, 10: _RENEW, 62: _OTHER_NAME, 64: _OTHER_NAME}
"""By OpenSSL's numbers: not valid yet, expired, made for another host, made for another address."""
_NO_CERTIFICATE_OF_OURS = ("ALERT_BAD_CERTIFICATE", "ALERT_CERTIFICATE_REQUIRED")


def what_to_do(exc: ssl.SSLCertVerificationError, authority: str) -> str:
    """Return what helps against a certificate that was refused; ``authority``: where nobody vouches for it."""
    return _TO_DO.get(exc.verify_code, authority)


def asks_for_ours(exc: BaseException | None) -> bool:
    """Return whether this is how a side hangs up that wants a certificate of its clients: we show none."""
    return isinstance(exc, ssl.SSLError) and any(alert in (exc.reason or "") for alert in _NO_CERTIFICATE_OF_OURS)


def in_words(exc: BaseException) -> str:
    """Return why an exchange failed: what is wrong with the certificate, or the error's class."""
    if isinstance(exc, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {exc.verify_message.rstrip('.')}"
    return type(exc).__name__
