{{ truth_table(ref('truth_x_analytics_number'), ['value'], x_analytics_number('value'), where=in_force()) }}
