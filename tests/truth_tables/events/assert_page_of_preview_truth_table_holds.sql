{{ truth_table(ref('truth_page_of_preview'), ['url'], {
    'expected_host': host_of_url('url'),
    'expected_path': path_of_url('url'),
    'expected_variant': virtualpageview_variant('url', 'original'),
    'expected_fixed': virtualpageview_variant('url', 'fixed'),
}) }}
