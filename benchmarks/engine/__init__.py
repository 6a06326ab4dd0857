"""The engine alone: how many steps a second, what a step costs, and what an open item weighs."""
