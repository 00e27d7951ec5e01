{{ truth_table(ref('truth_history_project_family'), ['project'], project_family('project')) }}
