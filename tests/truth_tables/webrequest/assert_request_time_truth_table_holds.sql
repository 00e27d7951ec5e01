{{ truth_table(ref('truth_request_time'), ['dt'], to_the_second(request_time('dt')), where=in_force()) }}
