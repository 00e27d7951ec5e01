"""The dbt project as Python sees it: building it, its catalog, its lists and pages."""
