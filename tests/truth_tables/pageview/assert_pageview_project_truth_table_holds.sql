{{ truth_table(ref('truth_pageview_project'), ['lower_host'], pageview_project('lower_host'), where=in_force()) }}
