"""What is read of the domain's tables."""
