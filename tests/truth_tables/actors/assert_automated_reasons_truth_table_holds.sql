{%- set reasons = [] -%}
{%- for key in ['pageview', 'redirect_to_pageview'] -%}
    {%- set reason -%}
        case
            when reasons is null then '<no map>'
            when {{ map_has_key('reasons', key) }} then {{ map_value('reasons', key) }}
            else '<absent>'
        end
    {%- endset -%}
    {%- do reasons.append(reason) -%}
{%- endfor -%}
{{ truth_table(
    ref('truth_automated_reasons'),
    ['has_pageview_reason', 'pageview_reason', 'has_redirect_reason', 'redirect_reason'],
    {'expected_pageview': reasons[0], 'expected_redirect': reasons[1]},
    given={'reasons': automated_reasons('cases')},
    types={'has_pageview_reason': 'boolean', 'has_redirect_reason': 'boolean'},
) }}
