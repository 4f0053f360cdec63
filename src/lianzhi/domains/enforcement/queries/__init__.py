"""Tables folded from the record, and what pages and acts read of them."""
