"""What two texts say to the same point, and what only one of them says."""
