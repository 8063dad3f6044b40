"""What people read: feedback pages, summaries, statistics, similarity."""
