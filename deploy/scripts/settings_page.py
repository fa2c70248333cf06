"""Writes deploy/docs/settings.md from the settings themselves; ``--check`` says whether it is fresh.

Run: python -m deploy.scripts.settings_page
"""

import sys
from pathlib import Path

from streams.cli.setting_rows import declared

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"

HEAD = """\
# Settings

Read once from the environment when a process starts. `refund-sentinel settings` shows what they are here and now,
without secrets. A wrong one ends every command with status 2 and one line that names it.

| variable | meaning | unit | allowed | default |
|---|---|---|---|---|
"""


def page() -> str:
    """Return the page as it should be."""
    return HEAD + "".join(
        f"| `{row['name']}` | {_cell(row['title'])} | {row['unit']} | {row['allowed']} | {_cell(row['default'])} |\n"
        for row in declared()
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> int:
    """Write the page, or return 1 when it is not as it should be."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print(f"{PAGE.name} is not fresh: run make generate", file=sys.stderr)  # noqa: T201 - a command's output
    return 1


if __name__ == "__main__":
    sys.exit(main())
