{% macro sequence_span() -%}
    {#-
        How many lines a process should have logged: from its smallest to its largest number. NULL
        when that is beyond 64 bits, as of numbers that no counter has.
    -#}
    try_cast(cast(max(sequence) as decimal(38, 0)) - cast(min(sequence) as decimal(20, 0)) + 1 as bigint)
{%- endmacro %}
