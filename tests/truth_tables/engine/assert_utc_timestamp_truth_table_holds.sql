{{ truth_table(ref('truth_utc_timestamp'), ['dt'], to_the_second(utc_timestamp('dt'))) }}
