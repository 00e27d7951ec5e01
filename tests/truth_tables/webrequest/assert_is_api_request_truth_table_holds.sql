{{ truth_table(ref('truth_is_api_request'), ['uri_host', 'uri_path'], is_api_request('uri_host', 'uri_path')) }}
