"""What a C2PA manifest says of AI that made or changed the picture: in actions, programs and any other assertion."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from streams.evidence.provenance import gb45438, generators, source_type
from streams.evidence.provenance.generator_names import program_in
from streams.evidence.provenance.sanitising import shown

_MOST = 1_000
"""Most actions of one manifest, and most values of one assertion, that are read."""
_ACTIONS = "c2pa.actions"
_DISCLOSURE = ("c2pa.ai-disclosure", "c2pa.ai_disclosure")
_GENERATOR = "c2pa.types.generator"
"""Kinds of ingredients that only a generator takes: a prompt, for one."""
_NO_TRACE = ("c2pa.hash", "c2pa.training-mining", "cawg.training-mining", "c2pa.thumbnail")
"""Assertions that say nothing of how the picture was made: the wish that no model be trained with it, for one."""
_STEPS = frozenset({"description", "parameters"})


def by_ai(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a manifest says of AI, each as a line."""
    programs = [manifest.get("claim_generator"), *names(manifest.get("claim_generator_info"))]
    yield from (f"made with {shown(str(program), 60)}" for program in programs if program and program_in(str(program)))
    for assertion in manifest.get("assertions") or []:
        label, data = str(assertion.get("label")), assertion.get("data")
        if label.startswith(_ACTIONS) and isinstance(data, dict):
            yield from _actions(data)
        elif label.startswith(_DISCLOSURE):
            yield shown(f"{label} {data.get('modelName') or ''}" if isinstance(data, dict) else label, 100).strip()
        elif not label.startswith(_NO_TRACE):
            yield from (f"{shown(label, 40)} {shown(said, 60)}" for said in _said(data))


def names(programs: Any) -> Iterator[str]:
    """Yield the names of a list of programs, each a text or an object with a name."""
    for one in programs or []:
        yield str(one.get("name") or "") if isinstance(one, dict) else str(one or "")


def _actions(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the actions by AI, templates of actions with them; from their second version on they share programs."""
    for action in [*(data.get("actions") or []), *(data.get("templates") or [])][:_MOST]:
        code = source_type.code(str(action.get("digitalSourceType") or ""))
        program = next(names([action.get("softwareAgent")]), "")
        steps = {key: value for key, value in action.items() if key in _STEPS}
        said = next(_said(steps, "history"), "")
        if code in source_type.BY_AI or program_in(program) or said:
            words = [shown(str(action.get("action")), 40), shown(code, 60), shown(program, 60), shown(said, 60)]
            yield " ".join(word for word in words if word)
    yield from (f"softwareAgents {shown(name, 60)}" for name in names(data.get("softwareAgents")) if program_in(name))


def _said(data: Any, field: str = "") -> Iterator[str]:
    """Yield the traces of AI that stand anywhere in an assertion; texts are read as ``field``, else as their name."""
    waiting: list[tuple[str, Any]] = [("", data)]
    for _ in range(_MOST):
        if not waiting:
            return
        name, one = waiting.pop()
        if gb45438.is_label(name) and (label := _label(one)):
            yield label
        if isinstance(one, dict):
            waiting += [(str(key).rpartition(":")[2], value) for key, value in one.items()]
        elif isinstance(one, list):
            waiting += [(name, value) for value in one]
        elif isinstance(one, str):
            yield from _in_text(field or name, name, one)


def _in_text(field: str, name: str, text: str) -> Iterator[str]:
    if name.lower().endswith("digitalsourcetype"):
        if (code := source_type.code(text)) in source_type.BY_AI:
            yield code
    elif text.startswith(_GENERATOR):
        yield text
    else:
        yield from generators.traces(field, text)


def _label(value: Any) -> str:
    label = gb45438.in_text(json.dumps({"AIGC": value}, ensure_ascii=False), "C2PA", own=False)
    return gb45438.sentence([label]) if label is not None and label.state == "present" else ""
