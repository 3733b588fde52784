"""Demo data: two service companies, told through the services, as people would have."""
