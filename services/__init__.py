"""The four services; they meet on the wire and never import each other."""
