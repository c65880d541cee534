"""Words of our own for the templates of the public pages."""
