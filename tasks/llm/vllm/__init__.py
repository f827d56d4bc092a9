"""A vLLM server of the build's own: started, watched, and stopped whatever happens."""
