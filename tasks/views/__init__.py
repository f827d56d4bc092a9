"""Views: rows selected by SQL, joined with their text, written as a trainer reads them."""
