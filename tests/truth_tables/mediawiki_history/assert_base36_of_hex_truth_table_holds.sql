{{ truth_table(ref('truth_base36_of_hex'), ['text'], base36_of_hex('text')) }}  -- noqa: PRS
