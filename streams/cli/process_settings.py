"""The settings of a process that runs on, a worker or the console: what is odd about them goes to its log."""

import os

import structlog

from streams import log
from streams.cli.setting_rows import unknown
from streams.cli.unused_settings import unused, within_reach
from streams.errors import SettingsError
from streams.settings import Settings, load

logger = structlog.get_logger(__name__)


def settings_of(kind: str) -> Settings:
    """Return the settings, once log lines are written as they say; what is wrong with them is a log line too."""
    try:
        settings = load()
    except SettingsError:
        log.configure_without_settings(kind)
        raise
    log.configure(settings, kind)
    for name, near in unknown(os.environ).items():
        logger.warning("a variable is set that is no setting: is it misspelt?", variable=name, nearest=near)
    for name, why in unused(settings).items():
        logger.warning("a setting has no effect", variable=name, why=why)
    for name, why in within_reach(settings).items():
        logger.warning("a setting should be another", variable=name, why=why)
    return settings
