"""The benchmark of the engine, part by part."""
