"""网络暴力: pile-ons seen while they form, and the person protected."""
