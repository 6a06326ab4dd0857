"""What travels on the wire: the words, the envelope, the events, the decisions, the topics."""
