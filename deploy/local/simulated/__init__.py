"""The world outside, simulated: providers, customers and agents who speak the real protocols.

The demo, the benchmarks and the end-to-end tests share them. Nothing here knows the services from
inside: they post webhooks, open sockets and receive replies, and note all of it in a log.
"""
