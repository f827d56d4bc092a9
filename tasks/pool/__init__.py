"""The pool: shards of Parquet, receipts of finished work, and the jobs that are missing."""
