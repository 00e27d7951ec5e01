{{ truth_table(
    ref('truth_address'),
    ['referer'],
    {'expected_host': address_host('referer'), 'expected_path': address_path('referer')},
) }}
