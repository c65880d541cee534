"""Forms of the producers' desk."""
