"""Who we are to partners, as the settings say it."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import SecretStr

from streams.cases.reviewing.credit import private_key, pseudonym_keys
from streams.casework.credit.credit import Identity
from streams.errors import Invalid, SettingsError
from streams.settings import Settings

T = TypeVar("T")

_NAMES = ("SENTINEL_CREDIT_ISSUER", "SENTINEL_CREDIT_KEY", "SENTINEL_PSEUDONYM_KEYS")


def identity_of(settings: Settings) -> Identity | None:
    """Return who we are to partners; None: signals are off. :class:`SettingsError` where a part is missing or wrong."""
    parts = (settings.credit_issuer, settings.credit_key, settings.pseudonym_keys)
    if not any(parts):
        return None
    issuer, key, keys = parts
    if issuer is None or key is None or keys is None:
        missing = ", ".join(name for name, part in zip(_NAMES, parts, strict=True) if part is None)
        msg = f"{missing}: not set; credit signals need {_NAMES[0]}, {_NAMES[1]} and {_NAMES[2]} together"
        raise SettingsError(msg)
    wrong: list[str] = []
    signing = _read(_NAMES[1], private_key, key, wrong)
    hashing = _read(_NAMES[2], pseudonym_keys, keys, wrong)
    if signing is None or hashing is None:
        raise SettingsError("; ".join(wrong))
    return Identity(issuer=issuer, key=signing, pseudonym_keys=hashing)


def _read(name: str, reader: Callable[[str], T], secret: SecretStr, wrong: list[str]) -> T | None:
    """Return what a secret holds; None where it is wrong, which is said in ``wrong`` without quoting it."""
    try:
        return reader(secret.get_secret_value())
    except Invalid as exc:
        wrong.append(f"{name}: {exc}")
        return None
