"""What a build tells at its end: the funnel, costs, and forecasts from a pilot."""
