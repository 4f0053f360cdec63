"""Office: what people do, whatever the domain."""
