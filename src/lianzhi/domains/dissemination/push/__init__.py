"""Pushes 弹窗: logs of pushes held against rules of dated policy."""
