"""What a campaign changed: judged from weekly counts beside a control, each method a module."""
