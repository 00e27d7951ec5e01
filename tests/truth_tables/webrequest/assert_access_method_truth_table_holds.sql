{%- set wanted = "until = '-'" if mobile_web_told_by() == 'x_analytics' else "since = '-'" -%}
{{ truth_table(
    ref('truth_access_method'),
    ['is_mobile_app', 'is_mobile', 'has_mobile_label'],
    access_method('is_mobile_app', 'is_mobile', 'has_mobile_label', "'-'"),
    types={'is_mobile_app': 'boolean', 'is_mobile': 'boolean', 'has_mobile_label': 'boolean'},
    where=wanted,
) }}
