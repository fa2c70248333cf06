"""How measures say where they are."""

from collections.abc import Callable

Tell = Callable[[str], None]
"""Is told, in words, what is being done now."""
