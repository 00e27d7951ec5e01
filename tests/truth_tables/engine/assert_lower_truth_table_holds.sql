{{ truth_table(ref('truth_lower'), ['text'], {'expected_unicode': lower_unicode('text'), 'expected_ascii': lower_ascii('text')}) }}
