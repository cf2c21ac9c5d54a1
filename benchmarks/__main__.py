"""`python -m benchmarks`; the benches stand apart, as a spawned process cannot import this."""

import sys

from benchmarks.benches import main

if __name__ == "__main__":
    main(sys.argv[1:])
