"""What looking at photos takes besides photos: C2PA trust anchors, and models and words for visible AI labels.

The models lie in a wheel of the optional extra ``labels``, which is not imported: its own code would need the OpenCV
that draws windows.
"""

import ssl
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from streams.errors import SettingsError
from streams.evidence.provenance.label_words import words
from streams.setting_files import content_of

_DETECTION = "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx"
_RECOGNITION = "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx"


def label_models() -> tuple[str, str] | None:
    """Return the paths of the models for detection and recognition; None where the extra is not installed whole."""
    if find_spec("onnxruntime") is None:
        return None
    try:
        wheel = distribution("rapidocr-onnxruntime")
    except PackageNotFoundError:
        return None
    models = str(wheel.locate_file(_DETECTION)), str(wheel.locate_file(_RECOGNITION))
    return models if all(Path(model).is_file() for model in models) else None


def trust_anchors(file: Path | None) -> str | None:
    """Return the certificates in ``SENTINEL_C2PA_TRUST_ANCHORS``; raises :class:`SettingsError` when it holds none."""
    if file is None:
        return None
    try:
        certificates = content_of(file).decode("ascii")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificates)
    except (OSError, ValueError) as exc:  # what is no certificate is a ValueError or an OSError of ssl's
        msg = f"SENTINEL_C2PA_TRUST_ANCHORS: {file} is not a readable PEM file of certificates: {exc}"
        raise SettingsError(msg) from exc
    return certificates


def further_labels(file: Path | None) -> str | None:
    """Return the text of ``SENTINEL_AI_LABELS``; raises :class:`SettingsError` when it is no list of words."""
    if file is None:
        return None
    try:
        text = content_of(file).decode()
        words(text)
    except (OSError, ValueError) as exc:  # text that is not UTF-8 is a ValueError
        msg = f"SENTINEL_AI_LABELS: {file} is no list of words that label photos: {exc}"
        raise SettingsError(msg) from exc
    return text
