{{ truth_table(ref('truth_media_path'), ['uri_path'], media_path('uri_path')) }}
