{{ truth_table(
    ref('truth_domain_code'),
    ['code', 'listed'],
    {
        'expected_project': dumped_project('code', "listed = 'yes'"),
        'expected_access': dumped_access('code', "listed = 'yes'"),
    },
) }}
