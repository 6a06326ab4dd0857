"""One script per figure in docs/benchmarks.md."""
