"""What measures: the values of chosen signals, and those that an earlier measuring has."""
