"""Mutation testing: small mistakes put into the engine one at a time, each to be found by a test.

Our own, after trying what exists. mutmut 3.8 samples nothing, makes no mutants of decorated
functions, fields, constants outside functions, orders or bounds, and many of the case of strings.
cosmic-ray 8.7 edits the working tree and starts a new interpreter for each mutant.
"""
