"""生物安全: pests stopped at the border; for now, whether their numbers rise."""
