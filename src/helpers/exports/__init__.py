"""The built tables as one file to take along: CSV, Parquet and a workbook, described."""
