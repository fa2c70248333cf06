"""The index page as a PDF, where this machine has a Chinese font; its glyphs go into the file.

What draws it is loaded when a page is drawn: that takes a fifth of a second, at the start of each console and command.
"""

import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageOps, UnidentifiedImageError

from streams.casework.package.blocks import Block, Heading, Paragraph, Picture, Rows
from streams.casework.package.lines import broken

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/source-han-sans/SourceHanSansSC-Regular.otf",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic/ukai.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
)
SIMPLIFIED = 2
"""Which font of Noto's collections is that of mainland China."""
WIDEST_PX = 1_400
"""A picture is made no wider than this for the PDF: the originals lie beside it."""
HIGHEST_MM = 65
ROUNDING_MM = 0.01
UNDER_HEADING_MM = 35
"""How much room there has to be for a heading and what follows it on the same page."""


def a_font(given: Path | None = None) -> Path | None:
    """Return the ``given`` font, or a Chinese font of this machine; None: there is none."""
    return next((path for path in (given, *map(Path, FONTS)) if path is not None and path.is_file()), None)


def pdf(blocks: Iterable[Block], font: Path, at_ms: int, picture: Callable[[str], bytes | None]) -> bytes:
    """Return the PDF, the same bytes for the same blocks, font and time; ``picture`` gives the bytes of a path."""
    from fpdf import FPDF  # noqa: PLC0415 - says the module's first lines

    made = FPDF(format="A4")
    made.set_creation_date(datetime.fromtimestamp(at_ms / 1_000, UTC))
    made.set_producer("refund-sentinel")
    made.add_font("cjk", fname=font, collection_font_number=SIMPLIFIED if "CJK" in font.name else 0)
    made.set_margin(15)
    made.set_auto_page_break(auto=True, margin=18)
    made.add_page()
    for place, block in enumerate(blocks):
        _write(made, block, picture, first=place == 0)
    return bytes(made.output())


def _write(made: "FPDF", block: Block, picture: Callable[[str], bytes | None], *, first: bool) -> None:
    if isinstance(block, Heading):
        if made.will_page_break(UNDER_HEADING_MM):
            made.add_page()
        made.ln(0 if first else 4)
        made.set_font("cjk", size=18 if first else 13)
        made.multi_cell(0, 10 if first else 8, block.text, align="C" if first else "L", new_x="LMARGIN", new_y="NEXT")
    elif isinstance(block, Paragraph):
        made.set_font("cjk", size=8 if block.code else 10)
        high = 5 if block.code else 6
        text = _broken(made, block.text, made.epw)
        from fpdf.enums import WrapMode  # noqa: PLC0415 - as above

        made.multi_cell(0, high, text, align="L", new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)
        made.ln(1)
    elif isinstance(block, Rows):
        _table(made, block)
    else:
        _picture(made, block, picture(block.path))


def _table(made: "FPDF", block: Rows) -> None:
    made.set_font("cjk", size=8)
    columns = len(block.headings) or max(map(len, block.rows), default=2)
    wide = (block.wide or (5,) + (14,) * (columns - 1))[:columns]
    widths = [made.epw * share / sum(wide) for share in wide]
    with made.table(
        col_widths=wide, line_height=4.5, text_align="L", first_row_as_headings=False, wrapmode="CHAR"
    ) as table:
        for cells in ([block.headings] if block.headings else []) + list(block.rows):
            row = table.row()
            for cell, width in zip(cells, widths, strict=False):
                row.cell(_broken(made, cell, width))
    made.ln(2)


def _broken(made: "FPDF", text: str, width: float) -> str:
    """Return a text in lines that fit into ``width`` (mm), with the room that is left at both ends of each."""
    return broken(text, width - 2 * made.c_margin - ROUNDING_MM, cache(made.get_string_width))


def _picture(made: "FPDF", block: Picture, content: bytes | None) -> None:
    smaller = None if content is None else _smaller(content)
    made.set_font("cjk", size=8)
    if smaller is not None:
        shown, width_by_height = smaller
        made.image(shown, w=min(made.epw, HIGHEST_MM * width_by_height))
    made.multi_cell(0, 5, block.caption, align="L", new_x="LMARGIN", new_y="NEXT")
    made.ln(2)


def _smaller(content: bytes) -> tuple[io.BytesIO, float] | None:
    """Return a JPEG of a picture for paper, and its width by its height; None: it is none that can be shown."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            opened.draft("RGB", (WIDEST_PX, WIDEST_PX))  # a JPEG is read at a fraction of its size
            shown = ImageOps.exif_transpose(opened).convert("RGB")
            shown.thumbnail((WIDEST_PX, WIDEST_PX))
            made = io.BytesIO()
            shown.save(made, "JPEG", quality=80)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    return made, shown.width / shown.height
