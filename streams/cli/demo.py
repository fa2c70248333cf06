"""``demo``: everything on this machine, with a stream of real photos."""

from typing import Annotated, Literal

import typer

from streams.demo import DEFAULT_REQUESTS, LEAST_REQUESTS

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: DEMO_EXIT=1 refund-sentinel demo --lang zh")
def demo(
    *,
    requests: Annotated[
        int, typer.Option(min=LEAST_REQUESTS, max=20_000, help="How many different requests to send.")
    ] = DEFAULT_REQUESTS,
    lang: Annotated[Literal["en", "zh"], typer.Option(help="Language of the reasons.")] = "en",
    port: Annotated[int, typer.Option(min=0, max=65_534, help="First of two ports for metrics; 0: any free ones.")] = 0,
    prometheus: Annotated[
        bool, typer.Option("--prometheus", help="Let a Prometheus that is installed here watch it, with the alerts.")
    ] = False,
) -> None:
    """Bring up broker, database and workers in the folder .demo, send a day of refund requests, show what was decided.

    It stays up for a look until Ctrl-C; with DEMO_EXIT=1, or without a terminal, it ends by itself. The last line is
    one JSON object; the status is 0 when every request was decided, and as its story leads one to expect.
    """
    from streams.demo.run import run  # noqa: PLC0415 - what draws the photos takes a second to load

    raise typer.Exit(run(requests, lang, port, with_prometheus=prometheus))
