"""Merged checklists 检查清单: lists of several agencies become one list for one visit."""
