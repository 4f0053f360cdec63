"""生物安全: pests stopped at the border: interceptions, firsts, and whether numbers rise."""
