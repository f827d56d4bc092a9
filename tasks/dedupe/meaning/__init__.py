"""What texts mean, as directions: who is near to whom, and which of these say the same."""
