{% macro actor_labels() -%}
    {#-
        Where pageview_actor takes labels from: `computed`, `file` or `none`. Unless the variable
        says it, a file that WIKILAKE_ACTOR_LABELS names is used, and without one they are computed.
    -#}
    {%- set chosen = variable('actor_labels') -%}
    {%- set file = env_var('WIKILAKE_ACTOR_LABELS', '') -%}
    {%- if chosen == 'file' and not file -%}
        {{ exceptions.raise_compiler_error("The variable 'actor_labels' is 'file', but WIKILAKE_ACTOR_LABELS names no file: set it, or leave the variable out to have labels computed.") }}
    {%- endif -%}
    {{ return(chosen or ('file' if file else 'computed')) }}
{%- endmacro %}
