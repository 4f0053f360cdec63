"""Merged checklists 检查清单: the lists of several agencies become one list for one visit."""
