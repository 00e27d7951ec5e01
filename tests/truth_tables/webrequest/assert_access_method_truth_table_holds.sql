{%- set wanted = in_force() -%}
{%- if variable('mobile_web_from') -%}
    {%- set wanted = "until = '-'" if variable('mobile_web_from') == 'x_analytics' else "since = '-'" -%}
{%- endif -%}
{{ truth_table(
    ref('truth_access_method'),
    ['is_mobile_app', 'is_mobile', 'has_mobile_label'],
    access_method('is_mobile_app', 'is_mobile', 'has_mobile_label'),
    types={'is_mobile_app': 'boolean', 'is_mobile': 'boolean', 'has_mobile_label': 'boolean'},
    where=wanted,
) }}
