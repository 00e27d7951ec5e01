{{ truth_table(ref('truth_is_second_text'), ['dt'], is_second_text(utc_timestamp('dt'))) }}
