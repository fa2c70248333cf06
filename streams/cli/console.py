"""``console``: pages and API in one process."""

import asyncio

import typer

from streams import gc_tuning
from streams.cli.process_settings import settings_of

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: SENTINEL_CONSOLE_PORT=0 refund-sentinel console")
def console() -> None:
    """Serve the pages and the API (/api/v1) until SIGTERM or Ctrl-C.

    It needs the database alone. `api-key create` makes the keys by which programs are known.
    """
    settings = settings_of("console")
    with gc_tuning.loading():
        from streams.console.server import serve  # noqa: PLC0415 - the web's libraries take a second to load

    raise typer.Exit(asyncio.run(serve(settings)))
