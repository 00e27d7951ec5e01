{{ truth_table(
    ref('truth_has_spider_address'),
    ['group_size', 'group_count'],
    has_spider_address('group_size', 'group_count'),
    types={'group_size': 'int', 'group_count': 'int'},
) }}
