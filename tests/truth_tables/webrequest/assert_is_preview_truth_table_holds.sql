{{ truth_table(
    ref('truth_is_preview'),
    ['value', 'is_accepted_special_page'],
    {'expected_preview': is_preview('value', 'is_accepted_special_page'), 'expected_debug': is_debug('value', 'is_accepted_special_page')},
    types={'is_accepted_special_page': 'boolean'},
    where=in_force(),
) }}
