{{ truth_table(
    ref('truth_is_zero'),
    ['x_analytics'],
    {'expected': is_zero('x_analytics_map'), 'expected_carrier': zero_carrier('x_analytics_map')},
    given={'x_analytics_map': x_analytics_map(cleaned_x_analytics('x_analytics'))},
    where=in_force(),
) }}
