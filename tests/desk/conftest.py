"""Lets the tests of the desk share `desk_runs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
