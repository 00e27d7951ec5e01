{{ truth_table(
    ref('truth_has_many_views'),
    ['views'],
    has_many_views('views'),
    types={'views': 'bigint'},
) }}
