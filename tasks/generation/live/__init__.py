"""Live teachers: models asked over HTTP, what came journalled, and made into shards."""
