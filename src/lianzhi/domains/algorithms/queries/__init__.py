"""The only room of the domain that reads its tables by SQL."""
