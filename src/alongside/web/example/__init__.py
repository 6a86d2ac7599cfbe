"""Puts the example population into the database: one table after the other, by COPY."""
