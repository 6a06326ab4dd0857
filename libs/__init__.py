"""What the services share: contracts and plumbing in `common`, channel adapters in `channels`."""
