"""双随机一公开 and 同案不同罚: who is inspected, by whom, and whether like cases end alike."""
