"""The procedure as a file: plain YAML, strict about every key, with line and column of whatever is wrong."""

from pathlib import Path

import msgspec

from streams.cases.procedure import DEFAULT, Procedure
from streams.errors import PolicyError, SettingsError
from streams.policy.refusals import explained
from streams.policy.yaml_reader import Source
from streams.setting_files import content_of
from streams.wording.dates import known_zone


def procedure_of(path: Path | None) -> Procedure:
    """Return the procedure that the file holds; None: the default.

    Raises :class:`SettingsError`, naming file, line and column, when it cannot be read or used.
    """
    if path is None:
        return DEFAULT
    try:
        return _read(content_of(path).decode())
    except (OSError, ValueError, PolicyError) as exc:
        msg = f"SENTINEL_PROCEDURE: {path} cannot be used: {exc}"
        raise SettingsError(msg) from exc


def _read(text: str) -> Procedure:
    source = Source(text)
    try:
        found = msgspec.convert(source.content or {}, Procedure)
    except msgspec.ValidationError as exc:
        at, what = explained(exc, source.content, Procedure)
        msg = f"{source.place(at)}, {at}: {what}"
        raise PolicyError(msg) from exc
    if not known_zone(found.told_in):
        msg = f"{source.place('$.zone')}, $.zone: this machine knows no zone {found.zone}: write one as Europe/Berlin"
        raise PolicyError(msg)
    return found
