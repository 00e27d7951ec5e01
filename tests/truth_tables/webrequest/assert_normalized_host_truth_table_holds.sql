{{ truth_table(
    ref('truth_normalized_host'),
    ['host'],
    {'expected_project_family': normalized_project_family('normalized_host'), 'expected_project': normalized_project('normalized_host'), 'expected_qualifiers': normalized_qualifiers('normalized_host'), 'expected_tld': normalized_tld('normalized_host')},
    given={'normalized_host': normalized_host_text('host')},
    where=in_force(),
) }}
