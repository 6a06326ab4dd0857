"""A bank's call centre, a month of it, replayed through the engine beside its log and Erlang-A."""
