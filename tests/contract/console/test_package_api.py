"""A case as one file, over HTTP: it verifies, and only those get it who may read the trail."""

from pathlib import Path

import pytest

from streams.casework.package.verification import verify
from streams.cli.evidence import by_rfc3161
from tests.contract.console.door import Door


def test_an_auditor_gets_a_case_as_one_file_that_verifies(door: Door, case: str, tmp_path: Path) -> None:
    answered = door.get("auditor", f"/cases/{case}/evidence-package?for=court")

    assert (answered.status_code, answered.headers["Content-Type"]) == (200, "application/zip")
    (tmp_path / "p.zip").write_bytes(answered.content)
    found = verify(tmp_path / "p.zip", by_rfc3161)
    bad = [one["path"] for one in found["files"] if one["status"] not in {"unchanged", "not stamped"}]
    assert bad == ["policy.yaml"], "the policy of these tests goes by a made-up hash"
    assert found["list_sha256"] == answered.headers["Digest-Of-List"]
    again = door.get("auditor", f"/cases/{case}/evidence-package?for=court")
    assert again.content == answered.content


@pytest.mark.parametrize("who", ["platform", "merchant:m-1", "buyer:b-1", "reviewer"])
def test_nobody_else_gets_it(door: Door, case: str, who: str) -> None:
    assert door.get(who, f"/cases/{case}/evidence-package").status_code == 403


def test_what_is_asked_for_wrongly_is_said(door: Door) -> None:
    assert door.get("auditor", "/cases/c-404/evidence-package").status_code == 404
    assert door.get("auditor", "/cases/c-404/evidence-package?for=press").status_code == 422
