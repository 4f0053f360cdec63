"""Files of the domain as people's tables."""
