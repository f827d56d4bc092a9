"""The scripts that made the sample problems and recorded the sample traces."""
