{{ truth_table(ref('truth_cache_outcome'), ['cache_status'], cache_outcome('cache_status')) }}
