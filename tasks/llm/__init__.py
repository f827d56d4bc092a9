"""Language models over HTTP: requests, admission, retries, and the journal of what was paid for."""
