{{ truth_table(ref('truth_knows_automated_agents'), [], knows_automated_agents(), where=in_force()) }}
