"""Algorithms 算法治理: unfair treatment, price discrimination, addiction and narrow feeds."""
