"""People's tables in and out: CSV, XLSX, JSON; typed rows, and what is wrong with the others."""
