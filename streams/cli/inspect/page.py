"""``inspect --html``: one self-contained page, photos side by side with what was altered outlined and boxed."""

import base64
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from streams.cli.inspect.inspecting import Finding, Pair
from streams.cli.inspect.words import origins, rows, verdict
from streams.wording.tables import texts

MOST_SHOWN = 200
"""Claims on one page: each brings a picture with it."""


def page(found: Sequence[tuple[Pair, Finding]]) -> str:
    """Return the page as HTML; it names no other file and no host, and runs no script."""
    body = "".join(_section(pair, finding) for pair, finding in found)
    nothing = f"<p>{texts('inspection/page')['nothing'].both}</p>"
    return f"{_head()}{body or nothing}{_FOOT}"


def _section(pair: Pair, finding: Finding) -> str:
    said = verdict(finding)
    kind = "derived" if finding.derived else "error" if finding.error else "other"
    return "".join(
        (
            f'<section class="{kind}"><h2>{escape(str(finding.id))}</h2>',
            f'<p class="verdict"><span lang="zh">{escape(said.zh)}</span> <span lang="en">{escape(said.en)}</span></p>',
            *_picture(pair, finding),
            *(
                f'<p><span lang="zh">{escape(one.text.zh)}</span><br>{escape(one.text.en)}</p>'
                for one in finding.reasons
            ),
            f'<p class="failed">{escape(finding.error)}</p>' if finding.error else "",
            *_details(finding),
            "</section>",
        )
    )


def _picture(pair: Pair, finding: Finding) -> Iterator[str]:
    if finding.overlay is None or finding.shown_reference is None:
        return
    reference, claim = (Path(path).name for path in (pair.references[finding.shown_reference], pair.claim))
    data = base64.b64encode(finding.overlay).decode()
    names = texts("inspection/report")
    words = f"{names['reference'].both}: {reference} · {names['claim'].both}: {claim}"
    yield f'<figure><img alt="{escape(words)}" src="data:image/jpeg;base64,{data}">'
    yield f"<figcaption>{escape(words)}</figcaption></figure>"


def _details(finding: Finding) -> Iterator[str]:
    if not finding.readings:
        return
    yield f"<details><summary>{texts('inspection/page')['readings'].both}</summary><table>"
    for zh, en, value in (*rows(finding), *origins(finding)):
        yield f'<tr><td lang="zh">{escape(zh)}</td><td>{escape(en)}</td><td>{escape(value)}</td></tr>'
    yield "</table></details>"


_STYLE = """
body{font:16px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:0 auto;max-width:76rem;padding:1rem;
color:#1b1b1b;background:#fff}
section{border:1px solid #ccc;border-left:.5rem solid #5a7d5a;padding:.5rem 1rem;margin:1rem 0}
section.derived{border-left-color:#c8420a}section.error{border-left-color:#6a6a6a}
h2{font-size:1.1rem;margin:.2rem 0;overflow-wrap:anywhere}.verdict{font-weight:600;margin:.2rem 0}
figure{margin:.5rem 0}img{max-width:100%;height:auto}figcaption{color:#555;font-size:.9rem}
table{border-collapse:collapse;font-size:.9rem}td{border-top:1px solid #ddd;padding:.2rem .6rem;vertical-align:top}
.failed{color:#a00}
"""
_FOOT = "</body></html>\n"


def _head() -> str:
    said = texts("inspection/page")
    title, how = said["title"].both, said["how_to_read"]
    return f"""<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>
<p>{how.zh}
{how.en}</p>
"""
