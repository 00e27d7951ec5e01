with

spider_patterns as (

    select
        {{ spider_pattern_columns() }}
    from {{ ref('spider_patterns') }}
    where {{ in_force() }}

)

select * from spider_patterns
