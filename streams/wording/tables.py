"""The tables of texts that people read, each in Chinese and English: one YAML file a subject, beside this module."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar

import msgspec

PLACEHOLDER = re.compile(r"\{([a-z0-9_.]+)\}")

Language = Literal["zh", "en"]
T = TypeVar("T")


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in both languages; ``{name}`` is filled in."""

    zh: str
    en: str

    @property
    def placeholders(self) -> frozenset[str]:
        """Names of what is filled in, in either language."""
        return frozenset(PLACEHOLDER.findall(self.zh) + PLACEHOLDER.findall(self.en))

    @property
    def both(self) -> str:
        """Chinese, then English."""
        return f"{self.zh} {self.en}"

    def filled(self, **values: object) -> "Wording":
        """Return the text with its placeholders filled in; a value that is a wording itself, in its own language."""
        zh = {name: value.zh if isinstance(value, Wording) else str(value) for name, value in values.items()}
        en = {name: value.en if isinstance(value, Wording) else str(value) for name, value in values.items()}
        return Wording(zh=fill(self.zh, zh), en=fill(self.en, en))

    def of(self, language: Language) -> str:
        """Return the text in one language."""
        return self.zh if language == "zh" else self.en


Texts = Mapping[str, Wording]
"""Texts by name."""


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text with each ``{name}`` replaced by its value; raises KeyError for one that has none."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def table(name: str, shape: type[T]) -> T:
    """Return the content of ``name.yaml`` as a ``shape``: read and checked once, when it is first asked for.

    Raises :class:`msgspec.ValidationError` where the file has another shape, as where a language is missing.
    """
    found: T = _read(name, shape)  # type: ignore[arg-type] # mypy takes a type[T] for something that may not be hashed
    return found


def texts(name: str) -> Texts:
    """Return the texts of ``name.yaml``, a flat table; of ``name/part`` those of one part of a table of tables."""
    file, _, part = name.partition("/")
    return table(file, dict[str, dict[str, Wording]])[part] if part else table(file, dict[str, Wording])


@cache
def _read(name: str, shape: Any) -> Any:
    return msgspec.yaml.decode(files("streams.wording").joinpath(f"{name}.yaml").read_bytes(), type=shape)
