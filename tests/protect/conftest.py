"""Makes `protect_cases` importable for the tests beside it: importlib mode leaves no path."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
