"""综合行政执法: integrated administrative enforcement, from a request to the review of the file."""
