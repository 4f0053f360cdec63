"""Ticket scalping 黄牛: accounts that offer tickets above their face value again and again."""
