"""Tests run several processes side by side, each on one core, as the product's own photo processes do.

Threads of their libraries would only wait for each other. This is said before any of them is loaded.
"""

import os

for _library in ("OPENCV_FOR_THREADS_NUM", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_library, "1")
