"""The feed as it is answered: its state, its kept bodies, the last good one on disk."""
