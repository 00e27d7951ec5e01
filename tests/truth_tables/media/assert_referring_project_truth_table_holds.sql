{{ truth_table(
    ref('truth_referring_project'),
    ['referer'],
    {
        'expected_project': "case when " ~ referring_family('labels') ~ " = '' then '' else " ~ referring_project('labels') ~ ' end',
        'expected_family': referring_family('labels'),
    },
    given={'labels': referring_labels('referer')},
) }}
