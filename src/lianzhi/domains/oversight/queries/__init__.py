"""Tables of the domain, and what is read of them."""
