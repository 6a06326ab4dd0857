"""The benchmark of running clocks, part by part."""
