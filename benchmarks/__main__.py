"""`python -m benchmarks`; a spawned process cannot import this module, so the benches stand apart."""

import sys

from benchmarks.benches import main

if __name__ == "__main__":
    main(sys.argv[1:])
