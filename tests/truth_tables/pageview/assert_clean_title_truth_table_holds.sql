{{ truth_table(ref('truth_clean_title'), ['decoded_title'], clean_title('decoded_title'), where=in_force()) }}
