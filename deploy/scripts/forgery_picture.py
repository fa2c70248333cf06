"""Draws the README's picture: a listing, a claim forged from it, and the box that `inspect` put where it was painted.

Run: python -m deploy.scripts.forgery_picture. Listing and crack are the demo's own drawings.
"""

import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from streams.demo.catalogue import PRODUCTS, listing
from streams.demo.forgeries import forge
from streams.demo.pixels import jpeg

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "forgery.jpg"
SEED = 5
HEIGHT = 300
GAP = 8
MARGIN = 6
RED = (214, 40, 40)


def inspected(folder: Path) -> list[tuple[int, int, int, int]]:
    """Return the regions that the program finds altered in ``claim.jpg`` beside ``listing.jpg``."""
    command = ("-m", "streams.cli", "inspect", "--claim", "claim.jpg", "--reference", "listing.jpg", "--json")
    done = subprocess.run([sys.executable, *command], cwd=folder, check=True, capture_output=True)  # noqa: S603 - ours
    return [tuple(region) for region in json.loads(done.stdout)["regions"]]


def main() -> None:
    """Write the picture."""
    product = next(product for product in PRODUCTS if product.form == "vase" and product.listed is None)
    pixels, goods = listing(product, SEED)
    forged = forge(pixels, goods, "crack", "cropped", np.random.default_rng(SEED)).photo
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "listing.jpg").write_bytes(jpeg(pixels, 90))
        (folder / "claim.jpg").write_bytes(forged)
        regions = inspected(folder)
    claim = Image.open(io.BytesIO(forged)).convert("RGB")
    marked = claim.copy()
    for x, y, width, height in regions:
        box = (x - MARGIN, y - MARGIN, x + width + MARGIN, y + height + MARGIN)
        ImageDraw.Draw(marked).rectangle(box, outline=RED, width=max(4, claim.height // 150))
    PICTURE.parent.mkdir(exist_ok=True)
    _side_by_side([Image.fromarray(pixels), claim, marked]).save(PICTURE, quality=82, optimize=True)


def _side_by_side(pictures: list[Image.Image]) -> Image.Image:
    fitted = [picture.resize((round(picture.width * HEIGHT / picture.height), HEIGHT)) for picture in pictures]
    row = Image.new("RGB", (sum(one.width for one in fitted) + GAP * (len(fitted) - 1), HEIGHT), "white")
    x = 0
    for one in fitted:
        row.paste(one, (x, 0))
        x += one.width + GAP
    return row


if __name__ == "__main__":
    main()
