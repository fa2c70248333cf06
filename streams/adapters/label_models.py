"""Where the models are that read visible AI labels: in a wheel of the optional extra ``labels``, which is not imported.

The wheel's own code would need the OpenCV that draws windows; only its files are used.
"""

from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

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
