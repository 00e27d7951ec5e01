{{ truth_table(ref('truth_history_project'), ['hostname'], history_project('hostname')) }}
