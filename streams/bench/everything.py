"""``bench all``: every measure, one after the other."""

from collections.abc import AsyncIterator, Sequence

from streams.bench import decide, enrich, gap, latency, memory, rollback, start
from streams.bench.figures import Figure
from streams.bench.progress import Tell
from streams.settings import Settings

MINUTES = 10
"""About how long it takes on two cores that do nothing else."""


async def measure(settings: Settings, tell: Tell, further_databases: Sequence[str] = ()) -> AsyncIterator[Figure]:
    """Yield every figure; decide is measured on the settings' database, and on each of the further ones."""
    for url in (settings.database_url, *further_databases):
        yield await decide.measure(settings.model_copy(update={"database_url": url}), tell)
    for figure in await enrich.measure(settings, tell):
        yield figure
    for figure in await memory.measure(settings, tell):
        yield figure
    yield await start.measure(settings, tell)
    for figure in await latency.measure(settings, tell):
        yield figure
    yield await gap.measure(settings, tell)
    yield await gap.measure_leaving(settings, tell)
    yield await rollback.measure(settings, tell)
