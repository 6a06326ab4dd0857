"""Charts as SVG text, for all figures that have one: no library draws for us."""
