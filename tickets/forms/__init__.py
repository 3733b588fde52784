"""Shape and syntax of what people type on the ticket pages."""
