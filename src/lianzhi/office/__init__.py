"""Office: what people and rules do, whatever the domain; each step is a batch of the record."""
