{{ truth_table(
    ref('truth_is_located'),
    ['provenance', 'is_plain'],
    is_located('provenance', 'is_plain'),
    types={'is_plain': 'boolean'},
    where=in_force(),
) }}
