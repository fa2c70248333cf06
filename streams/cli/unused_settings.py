"""Settings that do not go together: one that does nothing without another, and one that another gives away."""

from collections.abc import Callable

from streams.cli.setting_rows import environment_name
from streams.settings import Settings

_TLS = ("broker_ca_file",)
_SASL = ("broker_user", "broker_password", "broker_mechanism")
_OIDC = ("oidc_client_id", "oidc_client_secret", "oidc_roles_claim", "oidc_roles")

_NEEDS: tuple[tuple[tuple[str, ...], Callable[[Settings], bool], str], ...] = (
    (_TLS, lambda one: one.broker_security.endswith("ssl"), "SENTINEL_BROKER_SECURITY is neither ssl nor sasl_ssl"),
    (_SASL, lambda one: one.broker_security.startswith("sasl"), "SENTINEL_BROKER_SECURITY is not one of sasl"),
    (_OIDC, lambda one: one.oidc_issuer is not None, "SENTINEL_OIDC_ISSUER is not set"),
    (
        ("local_accounts",),
        lambda one: one.local_accounts or one.oidc_issuer is not None,
        "SENTINEL_OIDC_ISSUER is not set, and people have to sign in somehow",
    ),
    (
        ("time_authority_roots",),
        lambda one: one.time_authority_url is not None,
        "no SENTINEL_TIME_AUTHORITY_URL is set",
    ),
    (("traces_share",), lambda one: one.traces_url is not None, "SENTINEL_TRACES_URL is not set"),
)


def within_reach(settings: Settings) -> dict[str, str]:
    """Return the variable by which our own copies lie where a request may name them, with why; nothing else."""
    if f"{settings.evidence_store_url}/".startswith(f"{settings.media_url}/"):
        why = "our own copies lie among the platform's photos, where a request may name them: choose another place"
        return {environment_name("evidence_url"): why}
    return {}


def unused(settings: Settings) -> dict[str, str]:
    """Return the variables that were given and have no effect, each with why."""
    given = {name for name in settings.model_fields_set if getattr(settings, name) is not None}
    return {
        environment_name(name): why
        for names, needed, why in _NEEDS
        if not needed(settings)
        for name in names
        if name in given
    }
