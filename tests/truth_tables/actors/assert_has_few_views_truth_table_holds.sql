{{ truth_table(
    ref('truth_has_few_views'),
    ['views'],
    has_few_views('views'),
    types={'views': 'bigint'},
) }}
