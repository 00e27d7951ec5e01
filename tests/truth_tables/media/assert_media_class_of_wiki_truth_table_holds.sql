{{ truth_table(
    ref('truth_media_class_of_wiki'),
    ['media_type', 'major_mime', 'minor_mime'],
    media_class_of_wiki('media_type', 'major_mime', 'minor_mime'),
) }}
