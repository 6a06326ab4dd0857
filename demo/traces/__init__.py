"""Where the time goes: spans received over OTLP, the tree of one trace, the stages of all."""
