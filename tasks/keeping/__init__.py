"""What a pool keeps: what may go, and rows that must."""
