{{ truth_table(
    ref('truth_has_high_rate'),
    ['rate'],
    has_high_rate('rate'),
    types={'rate': 'int'},
) }}
