"""Tests of what each record means for the memory."""
