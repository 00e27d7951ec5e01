{{ truth_table(
    ref('truth_is_special_page'),
    ['uri_path', 'uri_query', 'is_refused_special_page', 'is_app_view'],
    is_special_page('is_app_view'),
    types={'is_refused_special_page': 'boolean', 'is_app_view': 'boolean'},
    where=in_force(),
) }}
