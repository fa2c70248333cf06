"""Who we are to partners, as the settings say it."""

from streams.cases.credit import private_key, pseudonym_keys
from streams.casework.credit import Identity
from streams.errors import Invalid, SettingsError
from streams.settings import Settings


def identity_of(settings: Settings) -> Identity | None:
    """Return who we are to partners; None: signals are off. :class:`SettingsError` where a part is missing or wrong."""
    parts = (settings.credit_issuer, settings.credit_key, settings.pseudonym_keys)
    if not any(parts):
        return None
    issuer, key, keys = parts
    if issuer is None or key is None or keys is None:
        msg = "credit signals need SENTINEL_CREDIT_ISSUER, SENTINEL_CREDIT_KEY and SENTINEL_PSEUDONYM_KEYS together"
        raise SettingsError(msg)
    try:
        return Identity(
            issuer=issuer,
            key=private_key(key.get_secret_value()),
            pseudonym_keys=pseudonym_keys(keys.get_secret_value()),
        )
    except Invalid as exc:
        msg = f"SENTINEL_CREDIT_KEY or SENTINEL_PSEUDONYM_KEYS: {exc}"
        raise SettingsError(msg) from exc
