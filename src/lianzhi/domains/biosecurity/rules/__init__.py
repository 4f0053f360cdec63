"""Pure rules: names of taxa, firsts, countries, and what is refused."""
