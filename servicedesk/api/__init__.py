"""The REST interface: one module per resource, over the same services as the pages."""
