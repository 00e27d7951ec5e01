{{ truth_table(ref('truth_title_of_referer'), ['referer'], title_of_referer('referer')) }}
