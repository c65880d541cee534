"""The Django database engine for the embedded Postgres: the stock engine, which starts its server when first asked."""
