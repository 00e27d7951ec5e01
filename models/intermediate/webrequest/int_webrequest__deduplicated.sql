{{ config(materialized='view') }}

with

raw as (

    select * from {{ ref('stg_webrequest__raw') }}
    where rejection_reason is null
        {%- for row in var('excluded_rows') %}
        and not (
            coalesce(hostname, '') = '{{ row.hostname | replace("'", "''") }}'
            and coalesce(sequence, -1) = {{ row.sequence | int }}
        )
        {%- endfor %}

),

-- Only rows of one log line number can be identical: all others need no comparing of 32 fields.
repeated_numbers as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence,
        true as is_repeated
    from raw
    group by
        webrequest_source,
        hostname,
        server_pid,
        sequence
    having count(*) > 1

),

marked as (

    select
        raw.*,
        coalesce(repeated_numbers.is_repeated, false) as is_repeated
    from raw
    left join repeated_numbers
        on
            raw.webrequest_source = repeated_numbers.webrequest_source
            and raw.hostname is not distinct from repeated_numbers.hostname
            and raw.server_pid is not distinct from repeated_numbers.server_pid
            and raw.sequence is not distinct from repeated_numbers.sequence

),

deduplicated as (

    select * from marked where not is_repeated
    union all
    select distinct * from marked where is_repeated

)

select
    webrequest_source,
    {%- for name in raw_fields() %}
    {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from deduplicated
