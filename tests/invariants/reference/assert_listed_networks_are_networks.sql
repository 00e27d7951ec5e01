{#-
    A network is an address, a slash and a length, and no bit of the address is set beyond the
    length.
-#}
{{ config(tags=['rule_test']) }}

with

networks as (

    select
        network,
        parse_address(split_part(network, '/', 1)).bits as bits,
        cast({{ spark_bigint("split_part(network, '/', 2)") }} as int) as prefix_length
    from {{ ref('networks') }}

),

malformed as (

    select * from networks
    where
        bits is null
        or prefix_length is null
        or prefix_length not between 0 and length(bits)
        or {{ position_of("'1'", 'substr(bits, prefix_length + 1)') }} > 0

)

select * from malformed
