"""Each benchmark runs, briefly, and what it promises holds: `make test-benchmarks`."""
