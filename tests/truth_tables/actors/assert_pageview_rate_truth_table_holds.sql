{{ truth_table(
    ref('truth_pageview_rate'),
    ['views', 'first_time', 'last_time'],
    pageview_rate('views', 'first_time', 'last_time'),
    types={'views': 'bigint', 'expected': 'int'},
) }}
