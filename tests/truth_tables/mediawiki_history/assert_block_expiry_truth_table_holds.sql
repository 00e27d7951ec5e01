{{ truth_table(ref('truth_block_expiry'), ['text'], block_expiry('text', "'20120101120000'")) }}
