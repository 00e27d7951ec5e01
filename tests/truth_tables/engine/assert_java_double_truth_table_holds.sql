{{ truth_table(
    ref('truth_java_double'),
    ['text'],
    java_double('text'),
    types={'expected': 'double'},
) }}
