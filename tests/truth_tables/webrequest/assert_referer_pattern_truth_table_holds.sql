{{ truth_table(
    ref('truth_referer_pattern'),
    ['host', 'followed_by', 'referer'],
    regex_matches_column('referer', 'pattern'),
    given={'pattern': referer_pattern('host', 'followed_by')},
) }}
