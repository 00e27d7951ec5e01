{{ truth_table(
    ref('truth_top_list'),
    ['name', 'value'],
    {
        'expected_rank': competition_rank('value', ["'one list'"]),
        'expected_listed': is_within_top('value', ["'one list'"], places=4),
    },
    types={'value': 'integer'},
) }}
