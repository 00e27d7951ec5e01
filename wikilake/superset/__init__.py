"""The lake in Apache Superset: its dashboards as files, and a Superset of one's own with them."""
