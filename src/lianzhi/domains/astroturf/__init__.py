"""流量造假、黑公关、网络水军: accounts that act together, and the manipulation they do."""
