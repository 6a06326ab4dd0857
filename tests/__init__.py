"""Promises of the platform, told as tests; the path of a unit test mirrors its source."""
