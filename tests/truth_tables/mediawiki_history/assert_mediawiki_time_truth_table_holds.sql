{{ truth_table(ref('truth_mediawiki_time'), ['text'], is_mediawiki_time('text')) }}
