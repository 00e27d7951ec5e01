{{ truth_table(
    ref('truth_nocookies_count'),
    ['x_analytics'],
    nocookies_count('x_analytics_map'),
    given={'x_analytics_map': str_to_map('x_analytics', ';', '=')},
    types={'expected': 'double'},
) }}
