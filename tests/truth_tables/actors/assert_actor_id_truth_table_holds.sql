{{ truth_table(
    ref('truth_actor_id'),
    ['x_analytics', 'uri_query'],
    actor_id('x_analytics_map', 'uri_query'),
    given={'x_analytics_map': str_to_map('x_analytics', ';', '=')},
) }}
