{{ truth_table(ref('truth_utf16'), ['text'], {'expected_length': utf16_length('text'), 'expected_first_three': utf16_left('text', 3)}) }}
