"""Tests of the package; while pytest imports them all nothing is garbage."""

import gc
import sys

# A third of the time that the imports of `conftest.py` take; it looks for garbage again at the end.
if "pytest" in sys.modules:
    gc.disable()
