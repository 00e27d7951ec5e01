{{ truth_table(ref('truth_cleaned_wprov'), ['x_analytics'], cleaned_wprov('x_analytics')) }}
