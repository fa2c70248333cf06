"""The index page: one HTML file in Chinese that names only files of the package, runs no script, and prints well."""

from collections.abc import Iterable
from html import escape

from streams.casework.package.blocks import Block, Heading, Paragraph, Picture

_STYLE = """
body{font:15px/1.6 "Noto Serif CJK SC","Source Han Serif SC","Songti SC",SimSun,serif;color:#111;background:#fff;
margin:0 auto;max-width:60rem;padding:1rem}
h1{font-size:1.6rem;text-align:center;letter-spacing:.3em}h2{font-size:1.15rem;border-bottom:1px solid #111;
margin:1.6rem 0 .6rem}
table{border-collapse:collapse;width:100%;font-size:.85rem;margin:.5rem 0}
td,th{border:1px solid #777;padding:.25rem .45rem;vertical-align:top;text-align:left;overflow-wrap:anywhere}
td.short{white-space:nowrap}th,td.name{background:#f2f2f2;font-weight:600}td.name{width:12em}
figure{margin:.6rem 0;break-inside:avoid}img{max-width:100%;max-height:22rem}figcaption{font-size:.8rem;color:#444}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f6f6f6;border:1px solid #ccc;padding:.5rem;font-size:.8rem}
tr,pre{break-inside:avoid}h2,thead{break-after:avoid}table.shared{table-layout:fixed}table.shared td.name{width:auto}
@media print{@page{size:A4;margin:18mm 15mm}body{font-size:10.5pt;max-width:none;padding:0}img{max-height:95mm}}
"""

SHORT = 6
"""Characters of a cell that are never torn apart: sizes, formats."""


def page(title: str, blocks: Iterable[Block]) -> str:
    """Return the page as HTML."""
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    body = "\n".join(_block(block, first=place == 0) for place, block in enumerate(blocks))
    return (
        f'<!doctype html>\n<html lang="zh"><head>{head}<title>{escape(title)}</title><style>{_STYLE}</style></head>\n'
        f"<body>{body}</body></html>\n"
    )


def _block(block: Block, *, first: bool) -> str:
    if isinstance(block, Heading):
        tag = "h1" if first else "h2"
        return f"<{tag}>{escape(block.text)}</{tag}>"
    if isinstance(block, Paragraph):
        return f"<pre>{escape(block.text)}</pre>" if block.code else f"<p>{escape(block.text)}</p>"
    if isinstance(block, Picture):
        caption = escape(block.caption)
        return f'<figure><img alt="{caption}" src="{escape(block.path)}"><figcaption>{caption}</figcaption></figure>'
    head = "".join(f"<th>{escape(name)}</th>" for name in block.headings)
    rows = (_row(row, named=not block.headings) for row in block.rows)
    shared = _columns(block.wide[: len(block.headings) or 2])
    return f"<table{shared}{f'<thead><tr>{head}</tr></thead>' if head else ''}{''.join(rows)}</table>"


def _columns(wide: tuple[int, ...]) -> str:
    """Return the rest of a table's tag, with how its width is shared; without shares the cells decide."""
    if not wide:
        return ">"
    shares = "".join(f'<col style="width:{100 * one / sum(wide):.1f}%">' for one in wide)
    return f" class=shared><colgroup>{shares}</colgroup>"


def _row(cells: Iterable[str], *, named: bool) -> str:
    first, *rest = cells
    return f"<tr><td{' class=name' if named else ''}>{escape(first)}</td>{''.join(map(_cell, rest))}</tr>"


def _cell(text: str) -> str:
    return f"<td{' class=short' if len(text) <= SHORT else ''}>{escape(text)}</td>"
