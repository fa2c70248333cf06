"""What the site needs beside deploy/mkdocs.yml: decision records in the menu, and no links that leave the pages."""

import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

OUTSIDE = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+[^)]+|[\w/]+/)\)")
"""Links to files and folders of the repository, which the site has not."""
RECORDS = "Decisions"


def on_config(config: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Return the configuration with every decision record at the end of the menu, by number."""
    folder = Path(config["docs_dir"])
    records = [str(path.relative_to(folder)) for path in sorted((folder / "decisions").glob("*.md"))]
    config["nav"].append({RECORDS: records})
    return config


def on_page_markdown(markdown: str, *, page: Any, **_: object) -> str:
    """Return a page with the names of the repository's files where it has links to them."""
    within = {"decisions"} if page.file.src_uri.startswith("decisions/") else set()
    return OUTSIDE.sub(
        lambda link: link[0] if within and link[2].count("../") == 1 else f"`{_name(link[2])}`", markdown
    )


def _name(target: str) -> str:
    return target.replace("../../", "").replace("../", "deploy/")
