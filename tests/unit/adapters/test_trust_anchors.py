"""The certificates whose C2PA signatures are trusted are read at the start, and a wrong file is told then."""

from pathlib import Path

import pytest

from streams.adapters.photos.pool_examiner import plan_of
from streams.errors import SettingsError
from streams.settings import Settings
from tests.unit.evidence.provenance.signing import an_authority


def test_the_certificates_of_the_file_are_what_is_trusted(tmp_path: Path) -> None:
    file = tmp_path / "anchors.pem"
    file.write_text(an_authority().anchors)
    assert plan_of(Settings(c2pa_trust_anchors=file)).anchors == an_authority().anchors


def test_without_a_file_nobody_is_trusted() -> None:
    assert plan_of(Settings()).anchors is None


@pytest.mark.parametrize("content", [None, "", "not a certificate", "私"])
def test_a_file_that_holds_no_certificate_is_a_wrong_setting(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "anchors.pem"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match="SENTINEL_C2PA_TRUST_ANCHORS"):
        plan_of(Settings(c2pa_trust_anchors=file))
