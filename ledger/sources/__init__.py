"""Where rows come from: CSV and Parquet files, databases, and the chunks in which both are read."""
