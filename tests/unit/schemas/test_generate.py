"""The generated documents are fresh and true, and the checks over them turn red when they should."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from schemas import generate
from schemas.codec import decode, encode
from schemas.generate import BASELINE, GENERATED, ROOT, main
from schemas.json_schema import kebab
from schemas.page import PATH, with_blocks
from schemas.records.base import Record
from schemas.topics import BY_NAME, TOPICS, Topic
from tests.unit.schemas.examples import KINDS, examples, named

ASYNCAPI = GENERATED / "asyncapi.json"
REQUEST = BASELINE / "refund-requested.json"
DECISION = BASELINE / "refund-decided.json"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of everything that the command reads or writes."""
    for folder in (GENERATED, BASELINE):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / PATH).parent.mkdir(parents=True)
    shutil.copy(ROOT / PATH, tmp_path / PATH)
    return tmp_path


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def document() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((ROOT / ASYNCAPI).read_text("utf-8"))
    return parsed


def test_the_committed_documents_are_fresh_and_break_nobody() -> None:
    assert generate.stale(ROOT) + generate.broken(ROOT) == []


def test_the_command_says_so_with_its_status() -> None:
    done = subprocess.run([sys.executable, "-m", "schemas.generate", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_every_stale_missing_or_left_over_file_is_named(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left_over = GENERATED / "json" / "refund-refused.json"
    missing = GENERATED / "json" / "refund-outcome.json"
    (checkout / left_over).write_text("{}")
    (checkout / missing).unlink()
    (checkout / ASYNCAPI).write_text("{}\n")
    (checkout / PATH).write_text((checkout / PATH).read_text("utf-8").replace("| 14 d |", "| 15 d |"), "utf-8")
    status = main(["--check"], checkout)
    assert (status, capsys.readouterr().err.splitlines()) == (
        1,
        [
            f"{path} is stale: run `make generate`, and commit what it writes"
            for path in sorted([left_over, missing, ASYNCAPI, PATH])
        ],
    )


def test_writing_mends_what_is_stale_and_is_repeatable(checkout: Path) -> None:
    (checkout / GENERATED / "json" / "refund-refused.json").write_text("{}")
    shutil.rmtree(checkout / GENERATED / "json")
    main([], checkout)
    first = {path: path.read_bytes() for path in checkout.rglob("*.json")}
    main([], checkout)
    assert {path: path.read_bytes() for path in checkout.rglob("*.json")} == first
    assert main(["--check"], checkout) == 0


@pytest.mark.parametrize("path", sorted((ROOT / GENERATED).rglob("*.json")), ids=lambda path: path.name)
def test_a_document_is_sorted_and_ends_in_a_newline(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_a_change_that_breaks_a_writer_is_named_with_what_to_do(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(checkout / REQUEST, lambda old: old["$defs"]["RefundRequested"]["properties"]["currency"].pop("pattern"))
    assert main(["--check"], checkout) == 1
    assert capsys.readouterr().err == (
        "RefundRequested.currency: the pattern was None, is '^[A-Z]{3}(?![\\\\s\\\\S])'; messages that writers send,"
        " and that topics still hold, would be refused: make it a new topic with a v2 record, or, where nobody"
        " depends on it, `python -m schemas.generate --release`\n"
    )


def _fewer_verdicts(old: dict[str, Any]) -> None:
    old["$defs"]["RefundDecided"]["properties"]["verdict"]["enum"].remove("CLEAR")


def _fewer_kinds(old: dict[str, Any]) -> None:
    old["$defs"]["RefundRequested"]["properties"]["kind"]["enum"].remove("return_and_refund")


def test_a_new_verdict_would_break_the_platform_that_reads_it(checkout: Path) -> None:
    edit(checkout / DECISION, _fewer_verdicts)
    assert main(["--check"], checkout) == 1


def test_a_new_kind_of_request_breaks_no_platform_that_does_not_send_it(checkout: Path) -> None:
    edit(checkout / REQUEST, _fewer_kinds)
    assert main(["--check"], checkout) == 0


def test_a_record_that_is_gone_is_a_break(checkout: Path) -> None:
    (checkout / REQUEST).rename(checkout / BASELINE / "refund-withdrawn.json")
    assert main(["--check"], checkout) == 1


def test_a_release_takes_the_present_records_as_the_baseline(checkout: Path) -> None:
    edit(checkout / DECISION, _fewer_verdicts)
    (checkout / REQUEST).rename(checkout / BASELINE / "refund-withdrawn.json")
    main(["--release"], checkout)
    assert main(["--check"], checkout) == 0
    assert sorted(path.name for path in (checkout / BASELINE).iterdir()) == sorted(
        f"{kebab(kind)}.json" for kind in KINDS
    )


def test_the_baseline_is_what_was_released_whole() -> None:
    assert {path.name for path in (ROOT / BASELINE).iterdir()} == {f"{kebab(kind)}.json" for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_a_schema_is_json_schema_of_2020_12(kind: type[Record]) -> None:
    schema = json.loads((ROOT / GENERATED / "json" / f"{kebab(kind)}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for item in node for found in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [found for item in node.values() for found in _references(item)]


def _at(whole: Any, pointer: str) -> Any:
    for step in pointer.removeprefix("#/").split("/"):
        whole = whole[step]
    return whole


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    whole = document()
    assert all(_at(whole, pointer) for pointer in _references(whole))


def test_the_asyncapi_document_has_every_topic_with_who_sends_and_receives() -> None:
    told = {
        (name.partition(".")[0], operation["action"], operation["channel"]["$ref"].removeprefix("#/channels/"))
        for name, operation in document()["operations"].items()
    }
    wanted = {(part, "send", topic.name) for topic in TOPICS for part in topic.written_by} | {
        (part, "receive", topic.name) for topic in TOPICS for part in topic.read_by
    }
    assert told == wanted


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_channel_has_its_topics_kafka_binding(topic: Topic) -> None:
    binding = document()["channels"][topic.name]["bindings"]["kafka"]
    config = binding["topicConfiguration"]
    assert (binding["topic"], binding["partitions"]) == (topic.name, topic.partitions)
    assert (",".join(config.pop("cleanup.policy")), config) == (
        topic.cleanup,
        {name: int(value) for name, value in topic.config().items() if name in config},
    )


def test_a_message_key_has_the_shape_of_the_field_it_repeats() -> None:
    message = document()["components"]["messages"]["RefundDecided"]
    assert (message["bindings"]["kafka"]["key"]["maxLength"], message["x-max-bytes"]) == (128, 256 * 1024)


@pytest.mark.parametrize(("kind", "path"), examples("valid"), ids=named)
def test_the_asyncapi_payloads_take_the_valid_examples(kind: type[Record], path: Path) -> None:
    whole = document() | {"$ref": f"#/components/schemas/{kind.__name__}"}
    jsonschema.Draft202012Validator(whole).validate(json.loads(encode(decode(kind, path.read_bytes()))))


def test_a_block_of_the_page_that_nobody_makes_is_an_error() -> None:
    with pytest.raises(KeyError):
        with_blocks("<!-- begin weather -->\nsunny\n<!-- end -->")


def test_the_page_for_integrators_tells_the_topics_as_they_are() -> None:
    rows = [line.split(" | ") for line in (ROOT / PATH).read_text("utf-8").splitlines() if line.startswith("| `")]
    topics = {row[0].strip("| `"): (row[1], row[2]) for row in rows if row[0].strip("| `") in BY_NAME}
    assert topics == {topic.name: (topic.key, str(topic.partitions)) for topic in TOPICS}
