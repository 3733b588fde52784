"""Read models of the ticket pages: what a page shows, in a fixed number of queries."""
