"""What the pages of the register show, in a fixed number of queries."""
