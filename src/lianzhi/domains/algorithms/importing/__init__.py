"""Files of the registry: algorithms as people's tables."""
