"""The policy that the package carries: it seeds an empty database when no other is named."""

from importlib.resources import files

NAME = "default"


def load_default() -> tuple[str, str]:
    """Return the name and the text of the packaged policy."""
    return NAME, files("streams.policy").joinpath("default.yaml").read_text(encoding="utf-8")
