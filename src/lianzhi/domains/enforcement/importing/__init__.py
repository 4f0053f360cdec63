"""Import and export of a town's files; bad rows are reported with line, column, value and
remedy.
"""
