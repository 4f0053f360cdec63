"""Ranking 榜单: what lists owe to accounts that act together."""
