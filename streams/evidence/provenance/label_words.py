"""Which recognised lines say that AI made a picture: words from a list that operators can add to. Pure.

Text recognition errs: an I becomes an l, a thin first letter is lost, one letter of a long word is another. The
expression made from a list allows for that, and for spaces and punctuation anywhere.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec
import yaml

from streams.evidence.provenance.ai_statements import says_ai

_Entry = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
_Entries = Annotated[tuple[_Entry, ...], msgspec.Meta(max_length=1_000)]
_FEWEST_LETTERS = 2
_FEWEST_IN_PHRASES = 3
"""Fewer letters would be found in nearly every line."""
_LONG_WORD, _LONG_PHRASE, _LONG_LINE = 5, 6, 4
"""One letter may be wrong or missing in a word of so many Latin letters, a phrase or a line of so many Chinese ones."""

_CANNOT_BE_AN_END = 11
"""Letters of a phrase that is found right behind other print too, as "AI generated" is: nothing else ends so."""
_AI = "ai"
_BETWEEN = r"[\W_]*"
_LETTER = r"[^\W_]?"
_TOKEN = re.compile(r"[a-z]+|[0-9]+|[^\W_]")
_AROUND = (
    r"(?:本|图|图片|图像|内容|作品|由|生成|制作|创作|绘制|合成|生图|出品|仅供参考|by|with|using|in|made|generated|"
    r"created|imagined|powered|image|photo|picture|a[i1l|])"
)
"""Words that may stand beside a tool's signature."""
_AI_AT_END = r"(?:a[i1l|](?![a-z])|a[dhjt](?=[\W_]*$)|(?-i:(?<=[a-z])A|(?<=[a-z] )A)(?=[\W_]*$))"
"""As the last word: what stands at the edge of a picture loses its last letter, or gains from what is behind it. An A
alone counts as a capital after a small letter: "MADE WITH A" is how a line on a box is broken."""
_CUT = r"(?<![a-z])a[i1l|]生(?![活产态物命意日鲜])"
"""The commonest words with their last letter lost, or read as another; but for the usual words that begin so."""
_HALF = re.compile(
    r"生成|合成|人工|工智|智能|供参|a[i1l|]生|nerat|magin|reate|made ?w|made$|(?:by|with) ?a[i1l|]\b", re.IGNORECASE
)
_AI_IN_POINTS = re.compile(r"(?<![a-z.])a\.\s?i(?:\.|(?![a-z]))", re.IGNORECASE)
_DENIED = re.compile(
    r"(?:非|不[是含由]?|[未没无勿][有含]?|禁止|拒绝|谢绝|杜绝|抵制|"
    r"(?<![a-z])(?:no|not|non|never|without|isn'?t|wasn'?t)(?:[\W_]+(?:any|an?|the|by))?)"
    r"[\W_]*(?:由|使用|用|经过?|通过|借助)?[\W_]*\Z",
    re.IGNORECASE,
)
"""Words right before a label that turn it round."""
_MAKING = r"(?:made|generated|created|imagined|produced|drawn|edited)[\W_]*(?:by|with|using|in|on)"


class Lists(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of words, as ``label_words.yaml`` explains them."""

    phrases: _Entries = ()
    lines: _Entries = ()
    signatures: _Entries = ()
    tools: _Entries = ()


class LabelWords:
    """The words of one or more lists, as one expression."""

    def __init__(self, lists: Iterable[Lists]) -> None:
        """Raises :class:`ValueError` for an entry of too few letters."""
        all_of = list(lists)
        self.digest = hashlib.sha256(msgspec.json.encode(all_of)).hexdigest()[:16]
        found = [_CUT]
        found += [_phrase(each, _FEWEST_IN_PHRASES) for one in all_of for each in one.phrases]
        found += [_alone(_phrase(each, long=_LONG_LINE)) for one in all_of for each in one.lines]
        found += [_signature(_phrase(each, long=_LONG_LINE)) for one in all_of for each in one.signatures]
        found += _made_with([each for one in all_of for each in (*one.tools, *one.signatures)])
        self._expression = re.compile("|".join(found) or r"(?!)", re.IGNORECASE)

    def in_line(self, line: str) -> bool:
        """Return whether a recognised line says that AI made the picture; one that says that none did does not."""
        said = _AI_IN_POINTS.sub("AI", unicodedata.normalize("NFKC", line))
        if any(_DENIED.search(said, 0, found.start()) is None for found in self._expression.finditer(said)):
            return True
        return says_ai(said)

    @staticmethod
    def may_go_on(line: str) -> bool:
        """Return whether a line may be a part of a label, so that it is worth reading on beside it."""
        return _HALF.search(line) is not None


@cache
def words(further: str | None = None) -> LabelWords:
    """Return the packaged words, and those of an operator's YAML text.

    Raises :class:`ValueError` with a sentence for people when the text is no such list.
    """
    own = files(__package__).joinpath("label_words.yaml").read_text(encoding="utf-8")
    return LabelWords([_lists(own)] if further is None else [_lists(own), _lists(further)])


def _lists(text: str) -> Lists:
    try:
        _refuse_two_of_one(yaml.compose(text, yaml.SafeLoader))
        return msgspec.convert(yaml.safe_load(text) or {}, Lists)
    except yaml.YAMLError as exc:
        msg = f"it is not YAML: {' '.join(str(exc).split())}"
        raise ValueError(msg) from exc
    except msgspec.ValidationError as exc:
        msg = f"{exc}; it may hold lists of texts under {', '.join(Lists.__struct_fields__)}"
        raise ValueError(msg) from exc


def _refuse_two_of_one(node: yaml.Node | None) -> None:
    """Raise ValueError where a list is given twice: readers of YAML keep the last one without a word."""
    names = [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    for name in names:
        if names.count(name) > 1:
            msg = f"{name} is given twice: put both lists into one"
            raise ValueError(msg)


def _phrase(entry: str, fewest: int = _FEWEST_LETTERS, long: int = _LONG_PHRASE) -> str:
    """Return the expression that finds an entry in a line, with its usual misreadings."""
    tokens = _TOKEN.findall(entry.lower())
    letters = sum(map(len, tokens))
    if letters < fewest:
        msg = f"{entry!r} is too short: it would be found in nearly every line; give at least {fewest} letters"
        raise ValueError(msg)
    begin = r"(?<![a-z])" if tokens[0].isascii() and letters < _CANNOT_BE_AN_END else ""
    end = r"(?![a-z])" if tokens[-1].isascii() else ""
    parts = [_word(*token) for token in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False)]
    chinese = [place for place, token in enumerate(tokens) if _chinese(token)]
    wrong = [_but_one(parts, place) for place in chinese] if len(chinese) >= long else []
    return f"{begin}(?:{'|'.join(_BETWEEN.join(way) for way in (parts, *wrong))}){end}"


def _word(before: str, token: str, after: str) -> str:
    if token == _AI:
        if _chinese(after):
            return r"(?:a[a-z1|]?|[il1|])"
        if after or not before:
            return r"a[i1l|]"
        return r"a[a-z1|]?" if _chinese(before) else _AI_AT_END
    if not token.isascii() or len(token) < _LONG_WORD:
        return token
    ways = (f"{token[:place]}{_LETTER}{token[place + 1 :]}" for place in range(len(token)))
    return f"(?:{'|'.join(ways)})"


def _but_one(parts: list[str], place: int) -> list[str]:
    return [*parts[:place], _LETTER, *parts[place + 1 :]]


def _chinese(token: str) -> bool:
    return bool(token) and not token.isascii()


def _alone(line: str) -> str:
    return f"^{_BETWEEN}{line}{_BETWEEN}$"


def _signature(name: str) -> str:
    """Return an expression for a tool's signature: a line of its own, give or take a letter of what is behind it."""
    return f"^{_LETTER}{_BETWEEN}(?:{_AROUND}{_BETWEEN})*{name}(?:{_BETWEEN}{_AROUND})*{_BETWEEN}{_LETTER}$"


def _made_with(names: Sequence[str]) -> list[str]:
    """Return expressions for a tool's name, spelt exactly, beside a word such as "made with"."""
    if not names:
        return []
    plain = (_BETWEEN.join(_TOKEN.findall(name.lower())) for name in names)
    of_any = f"(?:{'|'.join(sorted(plain, key=len, reverse=True))})"
    ai = f"{_BETWEEN}(?:a[i1l|]{_BETWEEN})?"
    return [
        f"{_MAKING}{_BETWEEN}{of_any}(?![a-z])",
        f"由{_BETWEEN}{of_any}{ai}(?:生成|创作|绘制|合成|制作)",
        f"{of_any}{ai}(?:生成|创作|绘制|合成)",
    ]
