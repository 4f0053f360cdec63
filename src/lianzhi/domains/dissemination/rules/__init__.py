"""What acts of this domain are held to."""
