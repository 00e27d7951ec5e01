{{ truth_table(ref('truth_is_html'), ['content_type'], is_html('content_type')) }}
