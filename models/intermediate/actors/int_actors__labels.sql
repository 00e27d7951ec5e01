{{ config(materialized='view') }}

with

labels as (

    select * from {{ rows_of_label_hours(ref('webrequest_actor_label_hourly')) }}
    where
        {{ 'true' if actor_labels() == 'computed' else 'false' }}
        and ({{ has_whole_window(ref('webrequest_actor_metrics_hourly')) }} or {{ is_lasting_reason('label_reason') }})

),

label_hours as (

    select distinct {{ hour_columns() }} from labels

),

hours as (

    select
        {{ hour_columns() }},
        ages.age,
        {{ plus_hours(hour_start(), '-ages.age') }} as hour_start
    from label_hours
    cross join (values {% for age in range(24 if variable('settled') else 1) %}({{ age }}){{ ', ' if not loop.last }}{% endfor %}) as ages (age)

),

dated_hours as (

    select
        year as label_year,
        month as label_month,
        day as label_day,
        hour as label_hour,
        age > 0 as is_later,
        {{ hour_columns_of('hour_start') }}
    from hours

),

counted_hours as (

    select * from dated_hours
    where {{ in_made_hours() }}

),

labels_of_hours as (

    select
        labels.actor_signature_per_project_family,
        labels.is_pageview,
        labels.label,
        labels.label_reason,
        counted_hours.is_later,
        {{ hour_columns('counted_hours') }}
    from labels
    inner join counted_hours
        on
            labels.year = counted_hours.label_year
            and labels.month = counted_hours.label_month
            and labels.day = counted_hours.label_day
            and labels.hour = counted_hours.label_hour

)

select * from labels_of_hours
