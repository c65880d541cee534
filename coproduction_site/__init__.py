"""The porch: settings, root URLs, health, the local Postgres."""
