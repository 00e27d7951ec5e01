{{ truth_table(
    ref('truth_is_app_view'),
    ['user_agent', 'content_type', 'uri_path', 'uri_query', 'is_tagged_pageview'],
    {'expected_app': is_app_user_agent('user_agent'), 'expected_app_view': is_app_view(), 'expected_has_tag': has_tag_if_app()},
    given={'is_wikipedia_app': is_app_user_agent('user_agent')},
    types={'is_tagged_pageview': 'boolean'},
    where=in_force(),
) }}
