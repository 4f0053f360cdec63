"""Documents: what people read or keep outside the system, from templates in two languages."""
