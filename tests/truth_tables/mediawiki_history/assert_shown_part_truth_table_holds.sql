{{ truth_table(ref('truth_shown_part'), ['bits', 'part'], is_shown_part('bits', 'part'), types={'bits': 'integer', 'part': 'integer'}) }}
