{{ truth_table(
    ref('truth_media_class'),
    ['name'],
    {
        'expected_type': media_file_type('suffix'),
        'expected_class': media_class(media_file_type('suffix')),
    },
    given={'suffix': media_suffix('name')},
) }}
