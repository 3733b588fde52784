"""Questions that are asked of several rooms at once. Read-only."""
