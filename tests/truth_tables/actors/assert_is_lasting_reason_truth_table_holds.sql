{{ truth_table(ref('truth_is_lasting_reason'), ['reason'], is_lasting_reason('reason')) }}
