"""The replayed call centre, part by part."""
