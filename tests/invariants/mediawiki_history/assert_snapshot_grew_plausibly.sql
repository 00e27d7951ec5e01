{{ config(meta={'severity_variable': 'growth_severity'}) }}
-- This compares with the snapshot of the month before (spec 9.1) and returns the rows in error when
-- they are too many.
{%- if execute and flags.WHICH in ('build', 'test') %}
    {%- set growth = rows_of_run_snapshot(ref('mediawiki_history_reduced_growth')) %}
    {%- set compared = run_query('select count(*) from ' ~ growth).columns[0].values()[0] %}
    {%- if not compared %}
        {%- do log('No snapshot ' ~ previous_snapshot() ~ ' in the lake: the growth of ' ~ run_snapshot() ~ ' is not checked.', info=true) %}
    {%- endif %}
{%- endif %}

with

growth as (

    select * from {{ rows_of_run_snapshot(ref('mediawiki_history_reduced_growth')) }}

),

totals as (

    select
        count(*) as compared_rows,
        count(case when is_error then 1 end) as error_rows
    from growth

),

implausible as (

    select growth.*
    from growth
    cross join totals
    where
        growth.is_error
        and totals.error_rows > totals.compared_rows * {{ variable('growth_error_share') }}

)

select * from implausible
