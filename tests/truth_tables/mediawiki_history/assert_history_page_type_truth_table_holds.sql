{{ truth_table(
    ref('truth_history_page_type'),
    ['page_namespace_is_content', 'page_namespace_is_content_historical'],
    history_page_type(),
    types={'page_namespace_is_content': 'boolean', 'page_namespace_is_content_historical': 'boolean'},
) }}
