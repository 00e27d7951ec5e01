{{ truth_table(ref('truth_trim_blanks'), ['text'], trim_blanks('text')) }}
