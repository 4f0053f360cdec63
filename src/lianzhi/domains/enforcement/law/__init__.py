"""Law of the domain: power list, legal bases, gates, procedure, discretion tables, late fines."""
