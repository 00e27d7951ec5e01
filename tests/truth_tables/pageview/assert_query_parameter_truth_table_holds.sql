{{ truth_table(
    ref('truth_query_parameter'),
    ['uri_query'],
    {'expected_title': query_parameter('uri_query', 'title'), 'expected_page': query_parameter('uri_query', 'page')},
) }}
