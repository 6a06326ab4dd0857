"""Was anything lost or doubled: what went in and out, compared with what the memory says."""
