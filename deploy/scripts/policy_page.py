"""Writes the table of variables into deploy/docs/policy.md, from the table that rules are checked against.

Run: python -m deploy.scripts.policy_page
"""

import sys
from pathlib import Path

from streams.policy.variables import BY_SUBJECT, ONLY_UNMEASURED, VARIABLES, Variable

PAGE = Path(__file__).parents[1] / "docs" / "policy.md"
BEGIN, END = "<!-- variables: begin -->\n", "<!-- variables: end -->\n"


def with_table(page: str) -> str:
    """Return ``page`` with the tables between its marks written anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + tables() + END + after


def tables() -> str:
    """Return the variables, and the readings that are only ever unmeasured, as Markdown."""
    rows = [_row(variable) for variable in VARIABLES.values()]
    only = [f"| `{name}` | {label.zh} | {label.en} |" for name, label in ONLY_UNMEASURED.items()]
    return "\n".join(
        [
            "| variable | type | unit | rules for | from | 中文 | English |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
            "These readings have no value; they only ever say that something could not be looked at:",
            "",
            "| reading | 中文 | English |",
            "|---|---|---|",
            *only,
            "",
        ]
    )


def _row(variable: Variable) -> str:
    subjects = [kind for kind, variables in BY_SUBJECT.items() if variable in variables]
    scope = "all" if len(subjects) == len(BY_SUBJECT) else ", ".join(f"`{kind}`" for kind in subjects)
    return (
        f"| `{variable.name}` | {variable.kind} | {variable.unit or '-'} | {scope} | {variable.source} "
        f"| {variable.zh} | {variable.en} |"
    )


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} is fresh\n")
