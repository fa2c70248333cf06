"""The tables of texts that people read, each in Chinese and English: one YAML file a subject, beside this module."""

import re
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import msgspec
import yaml

PLACEHOLDER = re.compile(r"\{([a-z0-9_.]+)\}")

T = TypeVar("T")


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in both languages; ``{name}`` is filled in."""

    zh: str
    en: str

    @property
    def placeholders(self) -> frozenset[str]:
        """Names of what is filled in, in either language."""
        return frozenset(PLACEHOLDER.findall(self.zh) + PLACEHOLDER.findall(self.en))


def table(name: str, shape: type[T]) -> T:
    """Return the content of ``name.yaml`` as a ``shape``: read and checked once, when it is first asked for.

    Raises :class:`msgspec.ValidationError` where the file has another shape, as where a language is missing.
    """
    found: T = _read(name, shape)  # type: ignore[arg-type] # mypy takes a type[T] for something that may not be hashed
    return found


@cache
def _read(name: str, shape: Any) -> Any:
    text = files("streams.wording").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), shape)
