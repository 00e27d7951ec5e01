"""What lies in a lake: partitions and their manifests, raw files, the lock, results of tests."""
