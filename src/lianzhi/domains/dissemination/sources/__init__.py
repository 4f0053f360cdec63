"""Sources and licences: lists with times of validity, and reprints held against them."""
