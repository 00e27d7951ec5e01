{{ truth_table(
    ref('truth_has_no_cookies_and_few_pages'),
    ['nocookies', 'views', 'mean_pages', 'hours'],
    has_no_cookies_and_few_pages('nocookies', 'views', 'mean_pages', 'hours'),
    types={'nocookies': 'bigint', 'views': 'bigint', 'mean_pages': 'double', 'hours': 'int'},
) }}
