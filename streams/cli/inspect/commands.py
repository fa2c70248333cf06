"""``inspect``: one claim photo with its references, or many, without a broker and without a database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.dashes import DASH, written
from streams.cli.printing import AsJson, console, print_json, progress
from streams.errors import OperatorError

if TYPE_CHECKING:  # what inspects is loaded when it is used
    from collections.abc import Sequence

    from streams.cli.inspect.inspecting import Finding, Pair, Wanted

app = typer.Typer(add_completion=False)

Claim = Annotated[Path | None, typer.Option(metavar="A.jpg", help="The buyer's photo or video.")]
References = Annotated[
    list[Path] | None,
    typer.Option("--reference", metavar="B.jpg", help="A photo or video of the goods; may be given again."),
]
Pairs = Annotated[
    Path | None,
    typer.Option(
        exists=True, dir_okay=False, metavar="pairs.jsonl", help='Many: {"id":…,"claim":PATH,"references":[PATH…]}.'
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        dir_okay=False,
        allow_dash=True,
        metavar="results.jsonl",
        help="With --pairs: the file for the findings, one a line; - writes to standard output.",
    ),
]
Masks = Annotated[
    Path | None,
    typer.Option(
        file_okay=False, metavar="DIR", help="A folder for masks, ID.png in the claim's size: 255 is altered."
    ),
]
Html = Annotated[
    Path | None, typer.Option(dir_okay=False, metavar="FILE", help="Write one page that shows the photos side by side.")
]


@app.command(epilog="Example: refund-sentinel inspect --claim claim.jpg --reference listing.jpg --html finding.html")
def inspect(  # noqa: PLR0913 - each is an option of the command
    *,
    claim: Claim = None,
    reference: References = None,
    pairs: Pairs = None,
    out: Out = None,
    masks: Masks = None,
    html: Html = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a claim photo was made from a reference, where it was altered, and what the packaged policy decides.

    Without a reference, what the photo alone shows. Of a video, its stills are compared: claim_second and
    reference_second say which moment tells most. By the same engine as the workers, at the operating point of the
    packaged policy. Paths in a file of pairs are taken as they are, or from the file's own folder.
    """
    if (claim is None) == (pairs is None):
        msg = "give either --claim, with a --reference or several, or --pairs with --out"
        raise typer.BadParameter(msg)
    if masks is not None:
        masks.mkdir(parents=True, exist_ok=True)
    if claim is not None:
        _one(claim, reference or [], _wanted(masks, html), html, as_json=as_json)
    elif pairs is None or out is None:
        msg = "say where the findings go: --out results.jsonl"
        raise typer.BadParameter(msg, param_hint="--pairs")
    else:
        _many(pairs, out, _wanted(masks, html), html)


def _wanted(masks: Path | None, html: Path | None) -> "Wanted":
    from streams.adapters.photos.provenance_files import further_labels, label_models, trust_anchors  # noqa: PLC0415
    from streams.cli.inspect.inspecting import Wanted  # noqa: PLC0415 - as below: loaded when it is used
    from streams.evidence.files.limits import Limits  # noqa: PLC0415
    from streams.settings import load  # noqa: PLC0415

    settings = load()
    return Wanted(
        Limits(settings.photo_limit_bytes, settings.photo_limit_pixels, settings.video_limit_bytes),
        masks,
        overlays=html is not None,
        anchors=trust_anchors(settings.c2pa_trust_anchors),
        label_models=label_models(),
        further_labels=further_labels(settings.ai_labels),
        limit_s=settings.photo_limit_s,
        video_limit_s=settings.video_limit_s,
        memory_bytes=settings.pool_memory_bytes,
    )


def _one(claim: Path, references: list[Path], wanted: "Wanted", html: Path | None, *, as_json: bool) -> None:
    from streams.cli.inspect.inspecting import Pair  # noqa: PLC0415
    from streams.cli.inspect.lines import Line, findings  # noqa: PLC0415
    from streams.cli.inspect.report import report  # noqa: PLC0415

    pair = Pair(claim.stem, str(claim), [str(reference) for reference in references])
    ((_, finding),) = findings(
        [Line(pair, pair.id)], wanted
    )  # in a process that can be ended, whatever the photos hold
    _write_page(html, [(pair, finding)])
    if as_json:
        print_json(finding.line())
    else:
        for part in report(pair, finding):
            console().print(part)
    if finding.error is not None and finding.shown_reference is None:
        raise OperatorError(finding.error)


def _many(path: Path, out: Path, wanted: "Wanted", html: Path | None) -> None:
    from streams.cli.inspect.lines import findings, lines  # noqa: PLC0415
    from streams.cli.inspect.page import MOST_SHOWN  # noqa: PLC0415

    given = lines(path)
    shown: list[tuple[Pair, Finding]] = []
    with written(out) as file, progress("pairs", len(given)) as tell:
        for done, (line, finding) in enumerate(findings(given, wanted), 1):
            file.write(finding.packed())
            if html is not None and line.pair is not None and finding.worth_showing and len(shown) < MOST_SHOWN:
                shown.append((line.pair, finding))
            tell(done)
    _write_page(html, shown)
    typer.echo(f"{len(given)} findings" if out == DASH else f"{len(given)} findings in {out}", err=True)


def _write_page(html: Path | None, shown: "Sequence[tuple[Pair, Finding]]") -> None:
    from streams.cli.inspect.page import page  # noqa: PLC0415

    if html is not None:
        html.write_text(page(shown), encoding="utf-8")
        typer.echo(f"wrote {html}", err=True)
