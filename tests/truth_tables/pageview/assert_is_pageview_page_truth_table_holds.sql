{{ truth_table(
    ref('truth_is_pageview_page'),
    ['uri_path', 'uri_query'],
    names_a_page('uri_path', 'uri_query') ~ ' and not ' ~ is_api_path('uri_path') ~ ' and ' ~ is_wanted_action('uri_query'),
    where=in_force(),
) }}
