{{ truth_table(ref('truth_percent_encoded'), ['text'], percent_encoded('text')) }}
