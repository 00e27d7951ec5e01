{{ truth_table(
    ref('truth_json_numbers'),
    ['text'],
    {'expected_integer': json_integer('text'), 'expected_double': json_double('text')},
    types={'expected_double': 'double'},
) }}
