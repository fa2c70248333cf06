"""All that is wrong with the environment's settings at once, so that nobody learns of it start by start."""

import os

from streams.cli.setting_checks import wrong
from streams.cli.setting_rows import unknown
from streams.settings import Settings, load_what_is_right


def faults() -> tuple[Settings | None, list[str]]:
    """Return the settings, None where a value cannot be read, and a line for each that is wrong or is none."""
    settings, unread = load_what_is_right()
    further = [one for one in wrong(settings) if not one.startswith(tuple(f"{name}:" for name in unread))]
    return None if unread else settings, [*unread.values(), *_misspelt(), *further]


def with_all_others(said: str) -> str:
    """Return what an error says of a setting, and after it what else is wrong with settings."""
    others = [one for one in faults()[1] if one not in said]
    return "; ".join([said, *others])


def _misspelt() -> list[str]:
    meant = {
        name: "is it misspelt?" if near is None else f"is {near} meant?" for name, near in unknown(os.environ).items()
    }
    return [f"{name} is set, but is no setting: {asked}" for name, asked in meant.items()]
