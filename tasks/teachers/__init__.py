"""Teachers: where traces come from. Each yields prepared batches of the `traces` table."""
