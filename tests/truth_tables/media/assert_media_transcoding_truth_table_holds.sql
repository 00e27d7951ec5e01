{{ truth_table(
    ref('truth_media_transcoding'),
    ['kind', 'pixels'],
    media_transcoding('kind', 'pixels'),
    types={'pixels': 'integer'},
) }}
