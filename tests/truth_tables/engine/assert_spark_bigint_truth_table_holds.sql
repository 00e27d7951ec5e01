{{ truth_table(ref('truth_spark_bigint'), ['text'], spark_bigint('text')) }}
