"""Writes the page that puts us beside naive consumers, and its plots, from what tests.benchmarks.beside found.

Run: python -m deploy.scripts.beside, after tests.benchmarks.beside wrote deploy/docs/beside.json.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Template

import msgspec

DOCS = Path(__file__).parents[1] / "docs"
FOUND = DOCS / "beside.json"
PAGE = DOCS / "beside.md"
CAPACITY, LATENCY = DOCS / "images" / "beside-capacity.svg", DOCS / "images" / "beside-latency.svg"
RATES = (100, 1_000, 10_000)
CORES = 2
BUSY = 0.7
"""How busy machines may be: at nine tenths, latency is that of a queue."""
WIDTH, ROW, LEFT, TOP = 720, 30, 210, 34
FONT = 'font-family="sans-serif" font-size="13"'
COLOURS = ("#2f6f8f", "#c98a2b", "#8a4f7d")


TEXT = Template("""# Beside a naive consumer, on a broker

What one would write instead, as processes on the same kind of broker with the same load: it decodes each photo whole
with Pillow, hashes it (imagehash, 256 bits, or PDQ), and compares the claim with the references and by NumPy with each
of $earlier earlier photos. It keeps no copy, stores no decision, sees no mirrored photo, and says not what was
altered: it is a yardstick, no choice. A claim of $megapixels megapixels that nobody has seen, and two
references of as many, seen before.

`make bench` measures, `python -m deploy.scripts.beside` writes this page. Capacity is a backlog answered as fast as it
can be; latency is from the broker's time of a request to its answer at a consumer. Kafka, its clients and all processes
share two cores; ours include decide and its database. With more earlier photos the naive consumer falls further behind:
[processor time at 1 and 10 million](benchmarks.md#beside-a-naive-consumer).
$crowd
$found

![Requests a second](images/$capacity)

![Latency](images/$latency)

## How many machines

Of $cores cores each, $busy busy, for the processor time of a request with the most photo processes that were measured;
without Kafka and the database server:

$sizes
""")


CROWD = """
**The machine was crowded** (see the load, of two cores), so requests a second and waits are those of a share of it, and
their order says little. The processor time of a request is what can be compared; of few requests, the 99th of 100 is
the longest.
"""


class At(msgspec.Struct):
    """Seconds from request to answer at a share of the capacity."""

    share: float
    requests: int
    p50: float
    p95: float
    p99: float


class Found(msgspec.Struct):
    """What was found of one contender with so many photo processes."""

    contender: str
    processes: int
    earlier: int
    megapixels: float
    load: float
    per_s: float
    cpu_s: float
    at: list[At]

    @property
    def name(self) -> str:
        """Who, with how many."""
        return f"{self.contender}, {self.processes}"


def machines(found: Found, rate: int) -> int:
    """Return how many machines of :data:`CORES` answer ``rate`` requests a second, each as busy as :data:`BUSY`."""
    return math.ceil(round(rate * found.cpu_s / (BUSY * CORES), 6))


def table(found: Sequence[Found]) -> Iterator[str]:
    """Yield the rows of what was found."""
    yield "| contender, photo processes | requests/s | processor time each | at 50 %: p50 / 95 / 99 | at 90 % | load |"
    yield "|---|---|---|---|---|---|"
    for one in found:
        waits = [f"{at.p50:g} / {at.p95:g} / {at.p99:g} s" for at in one.at]
        yield f"| {one.name} | {one.per_s:g} | {one.cpu_s:g} s | {' | '.join(waits)} | {one.load:g} |"


def sizes(found: Sequence[Found]) -> Iterator[str]:
    """Yield the rows of how many machines of two cores it takes."""
    yield "| requests a second | " + " | ".join(one.contender for one in found) + " |"
    yield "|---" * (len(found) + 1) + "|"
    for rate in RATES:
        yield f"| {rate:,} | " + " | ".join(f"{machines(one, rate):,}" for one in found) + " |"


def bars(title: str, unit: str, rows: Sequence[tuple[str, Sequence[float]]], names: Sequence[str]) -> str:
    """Return a plot of bars: for each row as many as there are names, each with its figure."""
    longest = max(value for _, values in rows for value in values) or 1
    height = TOP + len(rows) * (ROW * len(names) + 12) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {FONT}>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/><text x="8" y="20" font-weight="bold">{title}</text>',
    ]
    y = TOP
    for row, values in rows:
        parts.append(f'<text x="8" y="{y + 19}">{row}</text>')
        for number, (name, value) in enumerate(zip(names, values, strict=True)):
            wide = (WIDTH - LEFT - 150) * value / longest
            parts.append(
                f'<rect x="{LEFT}" y="{y + 4}" width="{wide:.1f}" height="{ROW - 8}" fill="{COLOURS[number]}"/>'
            )
            parts.append(f'<text x="{LEFT + wide + 6:.1f}" y="{y + 19}">{value:g} {unit} {name}</text>')
            y += ROW
        y += 12
    return "\n".join([*parts, "</svg>"]) + "\n"


def page(found: Sequence[Found]) -> str:
    """Return the page."""
    most = {one.contender: one for one in sorted(found, key=lambda each: each.processes)}
    told = {
        "earlier": " and ".join(f"{count:,}" for count in sorted({one.earlier for one in found})),
        "megapixels": f"{found[0].megapixels:g}",
        "found": "\n".join(table(found)),
        "capacity": CAPACITY.name,
        "latency": LATENCY.name,
        "busy": f"{BUSY:.0%}",
        "cores": str(CORES),
        "crowd": CROWD if max(one.load for one in found) > CORES else "",
        "sizes": "\n".join(sizes(list(most.values()))),
    }
    return TEXT.substitute(told)


def rendered(found: Sequence[Found]) -> dict[Path, str]:
    """Return what the page and its plots are to hold."""
    rows = [(one.name, [one.per_s]) for one in found]
    waits = [(f"{one.name}, at {at.share:.0%}", [at.p50, at.p95, at.p99]) for one in found for at in one.at]
    return {
        CAPACITY: bars("Requests a second", "/s", rows, [""]),
        LATENCY: bars("Seconds from request to answer", "s", waits, ["p50", "p95", "p99"]),
        PAGE: page(found),
    }


def measured() -> list[Found]:
    """Return what was found last."""
    return msgspec.json.decode(FOUND.read_bytes(), type=list[Found])


if __name__ == "__main__":
    for path, text in rendered(measured()).items():
        path.write_text(text, encoding="utf-8")
