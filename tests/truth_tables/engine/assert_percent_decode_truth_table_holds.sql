{{ truth_table(ref('truth_percent_decode'), ['encoded'], percent_decode('encoded')) }}
