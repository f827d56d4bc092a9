"""Builds by the clock: the flow that is scheduled, its deployments, who is told when it fails."""
