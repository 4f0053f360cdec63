"""Documents for readers outside the system, from templates in two languages."""
