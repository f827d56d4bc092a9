"""What a recipe may say: sources and views, teachers, samples, gates, and where its jobs run."""
