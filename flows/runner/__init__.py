"""How a build runs under Prefect: the lock, tasks, requests to models, progress."""
