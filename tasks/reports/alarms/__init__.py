"""What a build tells that somebody has to look at."""
