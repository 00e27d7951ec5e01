{% macro request_time(dt) -%}
    {#-
        When a request came: its dt as a timestamp, null where it is not one (spec 2.13). In 0.0.19
        dt is read leniently: what follows the seconds is ignored, and fields that are too large
        roll over.
    -#}
    {{ utc_timestamp(dt) if version_at_least('0.0.20') else lenient_timestamp(dt) }}
{%- endmacro %}
