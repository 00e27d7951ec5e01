{{ truth_table(
    ref('truth_ceiled_to'), ['value'], ceiled_to('value', 100), types={'value': 'bigint'}
) }}
