-- The known definitions are listed twice, for compiling and for reading: both lists are equal.
with

known as (

    {%- for version in known_record_versions() %}
    select
        '{{ version }}' as record_version,
        {{ loop.index }} as position
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

listed as (

    select
        record_version,
        row_number() over (order by valid_from, record_version) as position
    from {{ ref('record_versions') }}
    where
        table_name = 'webrequest'
        and is_known

),

different as (

    select
        known.record_version as known_version,
        listed.record_version as listed_version
    from known
    full outer join listed
        on
            known.record_version = listed.record_version
            and known.position = listed.position
    where
        known.record_version is null
        or listed.record_version is null

)

select * from different
