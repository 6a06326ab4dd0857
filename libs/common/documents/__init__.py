"""Documents as people write them: read with their lines, validated whole, mistakes by place."""
