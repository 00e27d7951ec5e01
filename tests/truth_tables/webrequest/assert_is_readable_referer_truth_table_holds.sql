{{ truth_table(
    ref('truth_is_readable_referer'),
    ['referer'],
    {'expected_domain': referer_domain('referer'), 'expected': is_readable_referer('scheme', 'between_slashes', 'domain')},
    given={'scheme': "split_part(referer, '/', 1)", 'between_slashes': "split_part(referer, '/', 2)", 'domain': referer_domain('referer')},
    where=in_force(),
) }}
