"""What people and rules may do after a finding, each step a durable batch of the record."""
