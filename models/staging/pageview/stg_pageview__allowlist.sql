-- depends_on: {{ ref('pageview_allowlist') }}

with

allowlist as (

    {{ allowlist_rows() }}

)

select * from allowlist
