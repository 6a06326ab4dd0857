"""The deployment, checked without a cluster: rendered, validated, and held to our policies."""
