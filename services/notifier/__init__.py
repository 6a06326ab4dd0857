"""The voice: streams for people, deliveries to customers, webhooks for other systems."""
