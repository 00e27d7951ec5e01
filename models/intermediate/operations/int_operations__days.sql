with

days as (

    {{ dbt.date_spine('day', "cast('2001-01-15' as date)", "cast('2051-01-01' as date)") }}

)

select cast(date_day as date) as day from days
