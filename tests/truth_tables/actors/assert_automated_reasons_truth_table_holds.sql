{%- set reason = "case when reasons is null then '<no map>' when %s then %s else '<absent>' end" -%}
{%- set redirect = 'redirect_to_pageview' -%}
{{ truth_table(
    ref('truth_automated_reasons'),
    ['has_pageview_reason', 'pageview_reason', 'has_redirect_reason', 'redirect_reason'],
    {
        'expected_pageview':
            reason | format(map_has_key('reasons', 'pageview'), map_value('reasons', 'pageview')),
        'expected_redirect':
            reason | format(map_has_key('reasons', redirect), map_value('reasons', redirect)),
    },
    given={'reasons': automated_reasons('cases')},
    types={'has_pageview_reason': 'boolean', 'has_redirect_reason': 'boolean'},
) }}
