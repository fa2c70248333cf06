"""``policy check|show|activate|criteria``: the rules that decide who is looked at by a person."""

from pathlib import Path
from typing import Annotated

import typer

from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import require_current
from streams.cli.printing import AsJson, plain, print_json
from streams.clock import now_ms
from streams.errors import PolicyError
from streams.policy.compiled import Policy, compile_policy
from streams.policy.criteria import criteria as in_words
from streams.policy.document import digest_of
from streams.policy.question import StoredPolicy
from streams.settings import load

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Check, show and activate the policy that judges.")

PolicyFile = Annotated[Path, typer.Argument(metavar="FILE", help="A policy, in YAML.")]


@app.command(epilog="Example: refund-sentinel policy check policy.yaml")
def check(file: PolicyFile, *, as_json: AsJson = False) -> None:
    """Say whether a policy holds what it promises; status 1 and the rule and line that do not."""
    stored, policy = _read(file)
    if as_json:
        print_json({"name": stored.name, "sha256": stored.sha256, "rules": len(policy.document.rules)})
    else:
        typer.echo(f"{file} is a sound policy: {plain(stored.name)}, {len(policy.document.rules)} rules")


@app.command(epilog="Example: refund-sentinel policy show > policy.yaml")
def show(*, as_json: AsJson = False) -> None:
    """Print the policy that is active in the database."""
    stored = _store().active()
    if as_json:
        print_json({"name": stored.name, "sha256": stored.sha256, "text": stored.text})
    else:
        typer.echo(stored.text, nl=not stored.text.endswith("\n"))


@app.command(epilog="Example: refund-sentinel policy activate policy.yaml --by lin.wei")
def activate(
    file: PolicyFile,
    *,
    by: Annotated[
        str,
        typer.Option("--by", "--who", help="Who answers for it: a person's name or account, at most 128 characters."),
    ],
    as_json: AsJson = False,
) -> None:
    """Let a policy judge every request that is decided from now on; what was decided stays."""
    if not 0 < len(by.strip()) <= 128:  # noqa: PLR2004 - as the option's help says
        msg = "give a name of 1 to 128 characters"
        raise typer.BadParameter(msg, param_hint="--by")
    stored, _ = _read(file)
    _store().activate(stored, now_ms(), by.strip())
    if as_json:
        print_json({"name": stored.name, "sha256": stored.sha256, "activated_by": by.strip()})
    else:
        typer.echo(f"{plain(stored.name)} is active from the next batch on (sha256 {stored.sha256})")


@app.command(epilog="Example: refund-sentinel policy criteria > criteria.md")
def criteria(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A policy; none: the active one.")] = None,
) -> None:
    """Print what leads to review, in Chinese and English and without thresholds: to be published."""
    policy = compile_policy(_store().active().text) if file is None else _read(file)[1]
    typer.echo(in_words(policy), nl=False)


def _read(file: Path) -> tuple[StoredPolicy, Policy]:
    """Return the policy in ``file``; :class:`PolicyError`, naming the file, when it is none."""
    try:
        text = file.read_text(encoding="utf-8")
        policy = compile_policy(text)
    except UnicodeDecodeError as exc:
        msg = f"{file}: not UTF-8 at byte {exc.start}"
        raise PolicyError(msg) from exc
    except PolicyError as exc:
        msg = f"{file}: {exc}"
        raise PolicyError(msg) from exc
    return StoredPolicy(name=policy.document.name, sha256=digest_of(text), text=text), policy


def _store() -> PolicyStore:
    engine = open_engine(load().database_url)
    require_current(engine)
    return PolicyStore(engine)
