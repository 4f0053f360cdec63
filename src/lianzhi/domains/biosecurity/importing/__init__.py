"""Files of a border: taxa, ports, effort and interceptions as people's tables."""
