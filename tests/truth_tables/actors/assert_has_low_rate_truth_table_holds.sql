{{ truth_table(
    ref('truth_has_low_rate'),
    ['rate'],
    has_low_rate('rate'),
    types={'rate': 'int'},
) }}
